using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;

namespace Webserv.Host.Pipeline;

/// <summary>Which requests an entry applies to: those that match one value of every list that is there.</summary>
internal sealed class EntryCondition
{
    private readonly PathPattern[] _paths;
    private readonly string[] _extensions;
    private readonly string[] _methods;
    private readonly HostPattern[] _hosts;

    private EntryCondition(WhenOptions when)
    {
        _paths = [.. when.Path.Select(pattern => new PathPattern(pattern))];
        _extensions = [.. when.Extensions];

        // RFC 9110 section 9.3.2: HEAD asks for what GET would answer, so what guards or answers the one has the other, too.
        _methods = when.Methods.Contains(HttpMethods.Get) ? [.. when.Methods, HttpMethods.Head] : [.. when.Methods];
        _hosts = [.. when.Hosts.Select(host => new HostPattern(host))];
    }

    /// <summary>Makes a condition, or <see langword="null"/> where there is nothing to check.</summary>
    public static EntryCondition? Create(WhenOptions when) =>
        when.Path.Count + when.Extensions.Count + when.Methods.Count + when.Hosts.Count == 0 ? null : new EntryCondition(when);

    /// <summary>Whether a request matches.</summary>
    public bool IsMatch(IHttpRequest request) =>
        MatchesPath(request.Path) && MatchesExtension(request.Path) && MatchesMethod(request.Method) && MatchesHost(request);

    private bool MatchesPath(string path)
    {
        foreach (var pattern in _paths)
        {
            if (pattern.IsMatch(path))
            {
                return true;
            }
        }

        return _paths.Length == 0;
    }

    private bool MatchesExtension(string path)
    {
        foreach (var extension in _extensions)
        {
            for (var at = path.IndexOf(extension, StringComparison.Ordinal); at >= 0;)
            {
                var end = at + extension.Length;
                if (end == path.Length || path[end] == '/')
                {
                    return true;
                }

                at = path.IndexOf(extension, end, StringComparison.Ordinal);
            }
        }

        return _extensions.Length == 0;
    }

    private bool MatchesMethod(string method) => _methods.Length == 0 || Array.IndexOf(_methods, method) >= 0;

    private bool MatchesHost(IHttpRequest request)
    {
        if (_hosts.Length == 0)
        {
            return true;
        }

        // What the virtual server was chosen by. A request that a middleware has put in the place of the server's has to be looked at.
        Span<char> buffer = stackalloc char[HostName.MaxLength];
        var name = request switch
        {
            Http1Request own => own.ComparedHost,
            GuardedRequest guarded => guarded.ComparedHost,
            _ => HostName.NameOf(request.Host, buffer),
        };
        foreach (var pattern in _hosts)
        {
            if (!name.IsEmpty && pattern.IsMatch(name))
            {
                return true;
            }
        }

        return false;
    }
}
