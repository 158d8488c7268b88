using Webserv.Fuzzing.Targets;
using Webserv.Fuzzing.Targets.Gateway;
using Webserv.Fuzzing.Targets.Http1;
using Webserv.Fuzzing.Targets.StaticFiles;

namespace Webserv.Fuzzing;

/// <summary>The targets by name.</summary>
internal static class FuzzTargets
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["head", "chunked", "host", "range", "date", "encoding", "answer"];

    /// <summary>Finds a target.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static IFuzzTarget Find(string name) => name switch
    {
        "head" => new HeadTarget(),
        "chunked" => new ChunkedTarget(),
        "host" => new HostTarget(),
        "range" => new RangeTarget(),
        "date" => new DateTarget(),
        "encoding" => new EncodingTarget(),
        "answer" => new AnswerTarget(),
        _ => throw new ArgumentException($"'{name}' is no target; there are {string.Join(", ", Names)}"),
    };
}
