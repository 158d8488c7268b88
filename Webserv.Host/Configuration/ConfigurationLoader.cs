using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Loads a configuration file and finds everything that is wrong with it at once.</summary>
internal static class ConfigurationLoader
{
    // A configuration is written by people; anything larger is another file.
    private const int MaxFileSize = 16 << 20;

    /// <summary>Loads a file with the variables of the environment. Nothing is thrown, whatever the file holds.</summary>
    public static ConfigurationLoadResult Load(string file) => Load(file, Environment.GetEnvironmentVariable);

    /// <summary>Loads a file.</summary>
    /// <param name="file">Its path, as it was named on the command line.</param>
    /// <param name="environment">Answers an environment variable, or <see langword="null"/> where it is unset.</param>
    public static ConfigurationLoadResult Load(string file, Func<string, string?> environment)
    {
        var errors = new ConfigurationErrors(file);
        var map = ReadBytes(file, errors) is { } content ? JsonSourceReader.Read(content, errors) : null;
        if (map is null)
        {
            return new ConfigurationLoadResult(null, errors, new ConfigurationBuilder().Build());
        }

        errors.Locate(map);
        var configuration = Build(map, new VariableSubstitution(environment), errors);
        var options = Bind(configuration, Path.GetFullPath(file), errors);
        LoggingCheck.Check(configuration.GetSection(nameof(ConfigurationFileShape.Logging)), errors);
        return new ConfigurationLoadResult(options, errors, configuration);
    }

    private static byte[]? ReadBytes(string file, ConfigurationErrors errors)
    {
        try
        {
            using var stream = File.OpenRead(file);
            using var content = new MemoryStream();
            var buffer = new byte[64 << 10];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                content.Write(buffer, 0, read);
                if (content.Length > MaxFileSize)
                {
                    errors.AddAt(0, "", "the file is larger than 16MB");
                    return null;
                }
            }

            return content.ToArray();
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            errors.AddAt(0, "", "there is no such file");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Reported like everything else that is wrong with a configuration.
            errors.AddAt(0, "", Directory.Exists(file) ? "is a directory, not a file" : $"cannot be read: {problem.Message}");
        }

        return null;
    }

    // The provider of Microsoft.Extensions.Configuration.Json would read the file a second time, stop at the first key that
    // is there twice, and knows no variables; its way to flatten a file is the source map's.
    private static IConfigurationRoot Build(JsonSourceMap map, VariableSubstitution variables, ConfigurationErrors errors)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, place) in map.Places)
        {
            values[path] = place.Text;
            if (place is { Kind: JsonValueKind.String, Text: { } text })
            {
                if (variables.Substitute(text, out var substituted) is { } problem)
                {
                    errors.AddFinal(path, problem);
                }
                else
                {
                    values[path] = substituted;
                }
            }
        }

        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }

    private static WebservOptions? Bind(IConfigurationRoot configuration, string file, ConfigurationErrors errors)
    {
        const string Webserv = nameof(ConfigurationFileShape.Webserv);
        string[] names = [Webserv, nameof(ConfigurationFileShape.Logging)];
        foreach (var child in configuration.GetChildren())
        {
            if (!names.Contains(child.Key, StringComparer.OrdinalIgnoreCase) && child.Key != ConfigurationFileShape.SchemaKey)
            {
                errors.Add(child.Path, "unknown key" + NearestName.Hint(child.Key, names));
            }
        }

        var section = configuration.GetSection(Webserv);
        if (errors.KindOf(Webserv) == JsonValueKind.Undefined)
        {
            if (!errors.Any)
            {
                errors.AddAt(1, "", "the section Webserv is missing");
            }

            return null;
        }

        if (errors.KindOf(Webserv) != JsonValueKind.Object)
        {
            errors.Add(Webserv, "an object { … } is expected here");
            return null;
        }

        var shape = new WebservShape();
        StrictBinder.Bind(shape, section, errors);
        var servers = ConfigurationPath.Combine(Webserv, nameof(shape.VirtualServers));
        if (shape.VirtualServers.Count == 0 && !errors.HasErrorBelow(servers)
            && !Misspelt.Is(section, nameof(shape.VirtualServers), typeof(WebservShape)))
        {
            errors.Add(servers, "at least one virtual server is needed");
        }

        return WebservOptionsReader.Read(shape, configuration.GetSection(nameof(ConfigurationFileShape.Logging)), file, errors);
    }
}
