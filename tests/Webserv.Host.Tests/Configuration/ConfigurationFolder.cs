using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

/// <summary>A folder with a configuration file and a root <c>site</c>, gone when the test ends.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    public ConfigurationFolder() => System.IO.Directory.CreateDirectory(Path.Combine(Directory, "site"));

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("webserv-configuration").FullName;

    public string File => Path.Combine(Directory, "appsettings.json");

    public Dictionary<string, string> Environment { get; } = [];

    public ConfigurationLoadResult Load(string json) => Load(System.Text.Encoding.UTF8.GetBytes(json));

    public ConfigurationLoadResult Load(byte[] json)
    {
        System.IO.File.WriteAllBytes(File, json);
        return ConfigurationLoader.Load(File, Environment.GetValueOrDefault);
    }

    /// <summary>The errors as they are printed, with the name of the file alone.</summary>
    public string[] Errors(string json) => [.. Load(json).Errors.Select(error => (error with { File = "f" }).ToString().Replace(Directory, "DIR", StringComparison.Ordinal))];

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
