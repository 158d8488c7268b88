using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Admission;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Plugins;

namespace Webserv.Host.Pipeline.Containment;

/// <summary>
/// Runs the middleware of a plugin that has a budget. It stands in a pipeline only where one is configured; the others are called
/// without a detour.
/// </summary>
/// <param name="middleware">The middleware.</param>
/// <param name="registration">What made it.</param>
/// <param name="entry">Where its entry stands, for the log.</param>
/// <param name="budget">What its plugin may use.</param>
/// <param name="breaker">The breaker of the entry, or <see langword="null"/>.</param>
/// <param name="next">What is behind it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told what a plugin does.</param>
internal sealed class ContainedMiddleware(
    IMiddleware middleware,
    IMiddlewareRegistration registration,
    string entry,
    PluginBudgetOptions budget,
    CircuitBreaker? breaker,
    RequestDelegate next,
    TimeProvider time,
    ILogger logger)
{
    private const int FullPeriod = 10_000;
    private const int RetryAfter = 1;

    private readonly PluginUsage _usage = registration.Usage;
    private readonly PeriodicCount _refused = new(FullPeriod);

    /// <summary>Lets a request into the plugin, or answers it without.</summary>
    public Task InvokeAsync(IHttpContext context, CancellationToken cancellation)
    {
        var pass = default(BreakerPass);

        // The place first: a request that finds none is no trial.
        if (breaker?.MayEnter(_usage.Stuck) != false && _usage.TryEnter(budget.MaxRequests))
        {
            if (breaker?.TryEnter(_usage.Stuck, out pass) != false)
            {
                return RunAsync(context, pass, cancellation);
            }

            _usage.Exit();
            return TurnAway(breaker, context, cancellation);
        }

        if (breaker?.IsClosed == false)
        {
            return TurnAway(breaker, context, cancellation);
        }

        if (_refused.Add((long)time.GetElapsedTime(0).TotalMilliseconds) is > 0 and var count)
        {
            logger.PluginFull(registration.PluginId, entry, count, budget.MaxRequests, _usage.Stuck);
        }

        return Refuse(context, RetryAfter);
    }

    private Task TurnAway(CircuitBreaker from, IHttpContext context, CancellationToken cancellation) =>
        from.Options.Then == BreakerAction.Skip ? next(context, cancellation) : Refuse(context, from.GetRetryAfter());

    /// <summary>Not thrown: what is refused by the thousand is no entry in the log each.</summary>
    private static Task Refuse(IHttpContext context, int retryAfter)
    {
        context.Response.StatusCode = StatusCodes.ServiceUnavailable;
        context.Response.Headers[Fields.RetryAfter] = retryAfter.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Seen and thrown again.")]
    private async Task RunAsync(IHttpContext context, BreakerPass pass, CancellationToken cancellation)
    {
        var host = Http1Context.From(context);
        var guarded = context is Http1Context ? host.Guarded : context;
        var request = new ContainedRequest(host, budget.MaxTime, budget.MaxBodySize.Bytes, time, logger, cancellation);
        var (outcome, reason) = (RequestOutcome.Unknown, "");
        Task? running = null;
        try
        {
            running = await StartAsync(host, guarded, request).ConfigureAwait(false);
            if (budget.MaxTime > TimeSpan.Zero && !running.IsCompleted)
            {
                _usage.Watch(request, budget.MaxTime);
                await Task.WhenAny(running, request.GivenUp).ConfigureAwait(false);
            }

            if (running.IsCompleted || budget.MaxTime == TimeSpan.Zero)
            {
                await running.ConfigureAwait(false);
            }

            outcome = RequestOutcome.Succeeded;
        }
        catch (Exception exception) when (!request.IsOverdue)
        {
            (outcome, reason) = Judge(host, request, exception, cancellation);
            throw;
        }
        catch (Exception exception)
        {
            // What cancelled code throws, or what it makes of it, says nothing that the end of its time does not say.
            logger.OverdueRequestThrew(registration.PluginId, entry, exception);
        }
        finally
        {
            _usage.Forget(request);
            request.End();
            (outcome, reason) = request.IsOverdue ? (RequestOutcome.Failed, "took its time, " + Seconds(budget.MaxTime)) : (outcome, reason);
            breaker?.Report(pass, outcome, reason);
            Leave(running, request);
        }

        if (request.IsOverdue)
        {
            EndOverdue(running!);
        }
    }

    /// <summary>With a limit of time it runs on the thread pool: a thread of the event loop cannot be taken away from it.</summary>
    private async Task<Task> StartAsync(Http1Context host, IHttpContext guarded, ContainedRequest request)
    {
        RequestDelegate behind = (passedOn, token) => PassOnAsync(request, passedOn, token);
        if (!registration.AnswersAtOnce)
        {
            await host.Output.FlushAsync().ConfigureAwait(false);
        }

        if (budget.MaxTime == TimeSpan.Zero && (registration.IsNonBlocking || !host.IsOnEventLoop))
        {
            return Require(middleware.InvokeAsync(guarded, behind, request.Cancellation));
        }

        return Task.Run(() => Require(middleware.InvokeAsync(guarded, behind, request.Cancellation)), CancellationToken.None);
    }

    private async Task PassOnAsync(ContainedRequest request, IHttpContext context, CancellationToken cancellation)
    {
        var token = request.PassOn(cancellation);
        try
        {
            await next(context, token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            request.Foreign = exception;
            throw;
        }
        finally
        {
            request.ComeBack();
        }
    }

    private static Task Require(Task? task) => task ?? throw new InvalidOperationException("A middleware returned null in place of a task.");

    /// <summary>A status is an answer; what the client or those behind do is not the plugin's.</summary>
    private static (RequestOutcome Outcome, string Reason) Judge(Http1Context host, ContainedRequest request, Exception exception, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested || host.Output.IsBroken || host.RequestBody.IsReset || ReferenceEquals(exception, request.Foreign)
            ? (RequestOutcome.Unknown, "")
            : exception is HttpException
                ? (RequestOutcome.Succeeded, "")
                : (RequestOutcome.Failed, PluginFailure.Describe(exception));

    /// <summary>Counts the request out, when the plugin's code is done with it.</summary>
    private void Leave(Task? running, ContainedRequest request)
    {
        if (running?.IsCompleted != false)
        {
            _usage.Exit();
            request.Dispose();
            if (request.IsOverdue)
            {
                logger.RequestOverdue(registration.PluginId, entry, budget.MaxTime.TotalSeconds);
            }

            return;
        }

        _ = WaitForStuckAsync(running, request);
        logger.RequestStuck(registration.PluginId, entry, budget.MaxTime.TotalSeconds, _usage.ExitWhenDone(running));
    }

    /// <summary>What the plugin throws by and by is seen, so that it is not taken for an exception that nobody looks after.</summary>
    private async Task WaitForStuckAsync(Task running, ContainedRequest request)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        request.Dispose();
        logger.StuckRequestEnded(registration.PluginId, entry, running.Exception?.InnerException);
    }

    /// <summary>An answer that is complete by now is as good as any; otherwise the client is told to come again.</summary>
    private void EndOverdue(Task running)
    {
        if (!running.IsCompletedSuccessfully)
        {
            throw new HttpException(StatusCodes.ServiceUnavailable, $"plugin {registration.PluginId} used up its time of {Seconds(budget.MaxTime)}")
            {
                Headers = { [Fields.RetryAfter] = RetryAfter.ToString(CultureInfo.InvariantCulture) },
            };
        }
    }

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
}
