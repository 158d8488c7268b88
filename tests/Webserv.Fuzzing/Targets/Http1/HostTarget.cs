using System.Text;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Pipeline;

namespace Webserv.Fuzzing.Targets.Http1;

/// <summary>Host names: of requests and of the configuration, which must agree with each other.</summary>
internal sealed class HostTarget : IFuzzTarget
{
    private readonly HostNameCache _hosts = new();

    /// <inheritdoc />
    public string Name => "host";

    /// <inheritdoc />
    public void Run(ReadOnlySpan<byte> input)
    {
        HostChecks.Run(_hosts, input);
        CheckPattern(Encoding.Latin1.GetString(input));
        CheckPattern(Encoding.UTF8.GetString(input));
    }

    private void CheckPattern(string text)
    {
        var problem = HostNamePattern.Normalize(text, out var name);
        BrokenPropertyException.ThrowUnless(problem is null != name is null, "either a name or what is wrong");
        if (name is null)
        {
            return;
        }

        BrokenPropertyException.ThrowIfDifferent(null, HostNamePattern.Normalize(name, out var again), "the name is wrong");
        BrokenPropertyException.ThrowIfDifferent(name, again, "the name, normalised again");
        var pattern = new HostPattern(name);
        var sample = pattern.IsSuffix ? "a" + name[1..] : pattern.IsPrefix ? name[..^1] + "a" : name;
        var host = HostChecks.Run(_hosts, Encoding.ASCII.GetBytes(sample));
        BrokenPropertyException.ThrowUnless(host is not null && pattern.IsMatch(host.Name), $"{sample} does not come to the virtual server {name}");
    }
}
