using Webserv.Abstractions.Http;

namespace Webserv.Host.Metrics;

/// <summary>
/// The attributes of the requests of one virtual server, made once for each combination that comes: a request that is measured takes
/// what is there. What clients choose is bounded: an unknown method is <c>_OTHER</c>, and no path, host or address is among them.
/// </summary>
/// <param name="virtualServer">Its name.</param>
internal sealed class RequestTags(string virtualServer)
{
    private const int LowestStatus = 100;
    private const int HighestStatus = 999;
    private const string OtherMethod = "_OTHER";

    private static readonly string[] Methods =
    [
        HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete, HttpMethods.Patch, HttpMethods.Options, HttpMethods.Connect, HttpMethods.Trace, OtherMethod,
    ];

    private static readonly string[] Schemes = ["http", "https"];

    // By method and scheme, and there by status. Two threads may make the same one at once: either will do.
    private readonly KeyValuePair<string, object?>[]?[]?[] _tags = new KeyValuePair<string, object?>[]?[]?[Methods.Length * Schemes.Length];

    /// <summary>Those of a request.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="isSecured">Whether its connection is secured.</param>
    /// <param name="status">The status of its answer.</param>
    public ReadOnlySpan<KeyValuePair<string, object?>> Of(string method, bool isSecured, int status)
    {
        var scheme = isSecured ? 1 : 0;
        var kind = IndexOf(method);
        var statuses = _tags[(kind * Schemes.Length) + scheme] ??= new KeyValuePair<string, object?>[]?[HighestStatus - LowestStatus + 1];
        var known = Math.Clamp(status, LowestStatus, HighestStatus);
        return statuses[known - LowestStatus] ??=
        [
            new(MetricNames.Method, Methods[kind]),
            new(MetricNames.Status, known),
            new(MetricNames.Scheme, Schemes[scheme]),
            new(MetricNames.VirtualServer, virtualServer),
        ];
    }

    private static int IndexOf(string method) =>
        Array.IndexOf(Methods, method, 0, Methods.Length - 1) is >= 0 and var index ? index : Methods.Length - 1;
}
