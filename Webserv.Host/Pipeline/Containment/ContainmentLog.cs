using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;

namespace Webserv.Host.Pipeline.Containment;

/// <summary>What the log says about plugins that are contained. Event ids 3030 to 3049.</summary>
internal static partial class ContainmentLog
{
    [LoggerMessage(3030, LogLevel.Error, "Plugin {Plugin}: {Entry} failed {Failures} times within {Seconds} s; its breaker is open for {OpenFor} s ({Action}). The last one {Reason}")]
    public static partial void BreakerOpened(
        this ILogger logger, string plugin, string entry, int failures, double seconds, double openFor, BreakerAction action, string reason);

    [LoggerMessage(3031, LogLevel.Information, "Plugin {Plugin}: {Entry} is tried again with one request")]
    public static partial void BreakerTries(this ILogger logger, string plugin, string entry);

    [LoggerMessage(3032, LogLevel.Information, "Plugin {Plugin}: {Entry} works again; its breaker is closed")]
    public static partial void BreakerClosed(this ILogger logger, string plugin, string entry);

    [LoggerMessage(3033, LogLevel.Error, "Plugin {Plugin}: {Entry} was tried and fails still; its breaker is open for {OpenFor} s more. It {Reason}")]
    public static partial void BreakerStaysOpen(this ILogger logger, string plugin, string entry, double openFor, string reason);

    [LoggerMessage(3034, LogLevel.Warning, "Plugin {Plugin}: {Count} requests for {Entry} were answered 503: {Limit} are inside (Plugins.Budgets, MaxRequests), {Stuck} of them given up")]
    public static partial void PluginFull(this ILogger logger, string plugin, string entry, long count, int limit, int stuck);

    [LoggerMessage(3035, LogLevel.Warning, "Plugin {Plugin}: {Entry} took more than {Seconds} s for a request (Plugins.Budgets, MaxTime) and ended when it was cancelled")]
    public static partial void RequestOverdue(this ILogger logger, string plugin, string entry, double seconds);

    [LoggerMessage(3036, LogLevel.Error, "Plugin {Plugin}: {Entry} took more than {Seconds} s for a request (Plugins.Budgets, MaxTime) and does not heed cancellation; the request is answered without it, and its code goes on: {Stuck} such requests are in the plugin")]
    public static partial void RequestStuck(this ILogger logger, string plugin, string entry, double seconds, int stuck);

    [LoggerMessage(3037, LogLevel.Information, "Plugin {Plugin}: {Entry} is done with a request that was given up")]
    public static partial void StuckRequestEnded(this ILogger logger, string plugin, string entry, Exception? exception);

    [LoggerMessage(3038, LogLevel.Debug, "Plugin {Plugin}: {Entry}: what came of a request whose time was over")]
    public static partial void OverdueRequestThrew(this ILogger logger, string plugin, string entry, Exception exception);

    [LoggerMessage(3039, LogLevel.Warning, "A callback of a middleware for cancellation threw")]
    public static partial void CancellationCallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(3040, LogLevel.Warning, "Plugins.Budgets names {Plugin}, and no such plugin was found{Hint}")]
    public static partial void BudgetOfNobody(this ILogger logger, string plugin, string hint);
}
