namespace Webserv.Abstractions.Http;

/// <summary>A virtual server: what answers for some host names on some endpoints.</summary>
public interface IVirtualServer
{
    /// <summary>Its name in the configuration.</summary>
    string Name { get; }

    /// <summary>Its host names and patterns, in the order of the configuration; may be empty.</summary>
    IReadOnlyList<string> HostNames { get; }

    /// <summary>The absolute path of its root directory, or <see langword="null"/> where it has none.</summary>
    string? Root { get; }

    /// <summary>A member that this server does not have.</summary>
    string Region { get; }
}
