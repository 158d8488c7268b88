using Microsoft.Extensions.Configuration;
using Webserv.Host.Configuration;

namespace Webserv.Host.Plugins;

/// <summary>Makes the options of one pipeline entry.</summary>
internal interface IMiddlewareOptionsBinder
{
    /// <summary>The class of the options.</summary>
    Type OptionsType { get; }

    /// <summary>The service that the middleware asks for: <c>IOptions&lt;TOptions&gt;</c>.</summary>
    Type ServiceType { get; }

    /// <summary>Binds and validates. What is wrong is added to <paramref name="errors"/>.</summary>
    /// <param name="section">What is configured; <see langword="null"/> for the defaults.</param>
    /// <param name="path">The path of the options, for errors.</param>
    /// <param name="errors">Is given what is wrong.</param>
    /// <returns>An instance of <see cref="ServiceType"/>.</returns>
    object Bind(IConfigurationSection? section, string path, IConfigurationErrors errors);
}
