using System.Buffers;
using System.Text;
using Webserv.Host.Http1;

namespace Webserv.Fuzzing.Targets.Http1;

/// <summary>What holds for every host name of a request.</summary>
internal static class HostChecks
{
    private static readonly SearchValues<char> InNoName = SearchValues.Create("/?#@\\ \t\r\n\0");

    /// <summary>Reads an authority, the same out of the table, and its name again.</summary>
    /// <returns>The host, or <see langword="null"/> where it is malformed.</returns>
    public static HostName? Run(HostNameCache hosts, ReadOnlySpan<byte> authority)
    {
        var host = hosts.Parse(authority);
        BrokenPropertyException.ThrowIfDifferent(host, hosts.Parse(authority), "asked twice");
        BrokenPropertyException.ThrowIfDifferent(host, new HostNameCache().Parse(authority), "asked elsewhere");
        if (host is null || authority.IsEmpty)
        {
            return host;
        }

        BrokenPropertyException.ThrowIfDifferent(Encoding.ASCII.GetString(authority), host.Authority, "the authority");
        BrokenPropertyException.ThrowUnless(host.Name.Length > 0, "no name");
        BrokenPropertyException.ThrowIfDifferent(host.Name.ToLowerInvariant(), host.Name, "lower case");
        BrokenPropertyException.ThrowUnless(!host.Name.AsSpan().ContainsAny(InNoName), "what no host name holds");
        var again = hosts.Parse(Encoding.ASCII.GetBytes(host.Name));
        BrokenPropertyException.ThrowUnless(again is not null, $"the name {host.Name} is no host");
        if (!host.Name.EndsWith('.'))
        {
            BrokenPropertyException.ThrowIfDifferent(host.Name, again!.Name, "the name read again");
        }

        return host;
    }
}
