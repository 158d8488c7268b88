using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Webserv.Host.Transport;

namespace Webserv.Host.Configuration;

/// <summary>Makes virtual servers of what is written and checks each by itself.</summary>
/// <param name="directory">What relative paths are relative to.</param>
/// <param name="accessLogs">Reads their access logs.</param>
/// <param name="inherited">The access log of those that have none of their own.</param>
/// <param name="errors">Gets what is wrong.</param>
internal sealed class VirtualServerReader(
    string directory, AccessLogReader accessLogs, AccessLogOptions? inherited, ConfigurationErrors errors)
{
    private readonly PipelineReader _pipelines = new(directory, errors);

    /// <summary>Reads one virtual server; what is wrong is left out of it.</summary>
    public VirtualServerOptions Read(VirtualServerShape shape)
    {
        var section = ((ILocated)shape).Section;
        if (shape.Name is not null && string.IsNullOrWhiteSpace(shape.Name))
        {
            errors.Add(At(section, nameof(shape.Name)), "the name is empty");
        }

        CheckErrorPages(shape, section);
        return new VirtualServerOptions
        {
            ConfigurationPath = section.Path,
            Fingerprint = $"{Fingerprint.Of(section, errors)}|{inherited?.Format}:{inherited?.File}",
            Name = shape.Name ?? "server" + section.Key,
            Listen = ReadListen(shape, section),
            HostNames = ReadHostNames(shape, section),
            Root = _pipelines.ReadRoot(shape.Root, section),
            MaxRequestBodySize = shape.MaxRequestBodySize,
            ErrorPages = shape.ErrorPages,
            AccessLog = ReadAccessLog(shape, section),
            ServerTiming = shape.ServerTiming,
            RequestTrace = shape.RequestTrace,
            Pipeline = _pipelines.Read(shape.Pipeline),
        };
    }

    private static string At(IConfigurationSection section, string key) => ConfigurationPath.Combine(section.Path, key);

    private AccessLogOptions? ReadAccessLog(VirtualServerShape shape, IConfigurationSection section)
    {
        var path = At(section, nameof(shape.AccessLog));
        return shape.AccessLog is { } own ? accessLogs.Read(own, path)
            : errors.KindOf(path) == JsonValueKind.Null ? null
            : inherited;
    }

    private List<ListenEndpoint> ReadListen(VirtualServerShape shape, IConfigurationSection section)
    {
        var path = At(section, nameof(shape.Listen));
        if (shape.Listen.Count == 0 && !errors.HasErrorBelow(path) && !Misspelt.Is(section, nameof(shape.Listen), typeof(VirtualServerShape)))
        {
            errors.Add(path, "at least one endpoint is needed, for example \"http://127.0.0.1:8080\"");
        }

        var endpoints = new List<ListenEndpoint>();
        var lines = new Dictionary<ListenEndpoint, int>();
        for (var i = 0; i < shape.Listen.Count; i++)
        {
            var item = ItemPath.Of(path, i, errors);
            if (shape.Listen[i].Contains('\0', StringComparison.Ordinal))
            {
                errors.Add(item, "an endpoint cannot hold a NUL character");
            }
            else if (!ListenEndpoint.TryParse(shape.Listen[i], directory, out var endpoint, out var problem))
            {
                errors.Add(item, problem);
            }
            else if (!lines.TryAdd(endpoint, errors.LineOf(item)))
            {
                errors.Add(item, string.Create(CultureInfo.InvariantCulture,
                    $"the endpoint {endpoint} is here twice: on line {lines[endpoint]} and on line {errors.LineOf(item)}"));
            }
            else
            {
                endpoints.Add(endpoint);
            }
        }

        return endpoints;
    }

    private List<string> ReadHostNames(VirtualServerShape shape, IConfigurationSection section)
    {
        var path = At(section, nameof(shape.HostNames));
        var names = new List<string>();
        for (var i = 0; i < shape.HostNames.Count; i++)
        {
            if (HostNamePattern.Normalize(shape.HostNames[i], out var name) is { } problem)
            {
                errors.Add(ItemPath.Of(path, i, errors), problem);
            }
            else if (names.Contains(name!))
            {
                errors.Add(ItemPath.Of(path, i, errors), $"the host name {name} is here twice");
            }
            else
            {
                names.Add(name!);
            }
        }

        return names;
    }

    private void CheckErrorPages(VirtualServerShape shape, IConfigurationSection section)
    {
        foreach (var (status, page) in shape.ErrorPages)
        {
            var path = ConfigurationPath.Combine(section.Path, nameof(shape.ErrorPages), status.ToString(CultureInfo.InvariantCulture));
            if (status is < 400 or > 599)
            {
                errors.Add(path, "an error page belongs to a status from 400 to 599");
            }

            if (!page.StartsWith('/'))
            {
                errors.Add(path, $"'{page}' must start with a slash; it is a path of this server, for example /errors/404.html");
            }
        }
    }
}
