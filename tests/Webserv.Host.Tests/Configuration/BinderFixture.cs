using Microsoft.Extensions.Configuration;
using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

internal static class BinderFixture
{
    /// <summary>Binds the JSON of an object, which stands below the key <c>Options</c>.</summary>
    public static (bool Bound, string[] Errors) Bind(object target, string json)
    {
        var errors = new ConfigurationErrors("f");
        var map = JsonSourceReader.Read(System.Text.Encoding.UTF8.GetBytes($"{{\"Options\":{json}}}"), errors)!;
        errors.Locate(map);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(map.Places.ToDictionary(place => place.Key, place => place.Value.Text)).Build();
        var bound = StrictBinder.Bind(target, configuration.GetSection("Options"), errors);
        return (bound, [.. errors.ToList().Select(error => $"{error.Path}: {error.Message}")]);
    }
}
