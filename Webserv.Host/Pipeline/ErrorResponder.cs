using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;
using Webserv.Host.Http1;
using Webserv.Host.Plugins;

namespace Webserv.Host.Pipeline;

/// <summary>The outermost step of every pipeline: turns exceptions and statuses without a body into error pages.</summary>
internal sealed class ErrorResponder(ILogger logger)
{
    /// <summary>Whether a response is an error that nobody wrote a body for.</summary>
    public static bool NeedsPage(Http1Response response) =>
        response.StatusCode >= 400 && !response.HasStarted && !response.HasBody && response.ContentLength is null;

    /// <summary>Waits for a pipeline and completes what it left.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a middleware throws is turned into an answer and logged.")]
    public async Task AwaitAsync(Http1Context context, VirtualServer server, Task serving, CancellationToken cancellation)
    {
        try
        {
            await serving.ConfigureAwait(false);
            if (NeedsPage(context.Response))
            {
                await SendPageAsync(context, server, context.Response.StatusCode, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            await FailAsync(context, server, exception, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Answers for a pipeline that threw, or cuts the connection where the answer has begun. Never throws.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "An error page that fails as well ends the connection, and is logged.")]
    public async Task FailAsync(Http1Context context, VirtualServer server, Exception exception, CancellationToken cancellation)
    {
        var response = context.Response;
        if (context.Output.IsBroken || context.RequestBody.IsReset || (exception is OperationCanceledException && cancellation.IsCancellationRequested))
        {
            // What a client breaks off is no failure of the server, whatever the middleware makes of it.
            Log.ClientGone(logger, context.TraceId, context.Connection.RemoteAddress, context.Request.Method, context.Request.Path);
            context.Abort();
            return;
        }

        var status = (exception as HttpException)?.StatusCode ?? StatusCodes.InternalServerError;
        if (exception is HttpException expected && !(response.HasStarted && status >= StatusCodes.InternalServerError))
        {
            Log.RequestEnded(logger, context.TraceId, context.Connection.RemoteAddress, context.Request.Method, context.Request.Path, status, expected.Message);
        }
        else if (response.HasStarted)
        {
            Log.ResponseCut(logger, context.TraceId, context.Connection.RemoteAddress, context.Request.Method, context.Request.Path, exception);
        }
        else
        {
            Log.RequestFailed(logger, context.TraceId, context.Connection.RemoteAddress, context.Request.Method, context.Request.Path, exception);
        }

        if (exception is InvalidCastException && PluginFailure.IsCastBetweenCopies(exception.Message))
        {
            Log.CastBetweenCopies(logger, context.TraceId, PluginOrigin.Of(exception) ?? "(unknown)", PluginFailure.Describe(exception));
        }

        var hasCallbacks = response.Callbacks > 0 && context.IsQuiet;
        if (response.HasStarted || (!hasCallbacks && !context.ShutOut()))
        {
            // An answer that has begun cannot become another one, nor can one be made while the middleware that threw still reads or writes.
            context.Abort();
            return;
        }

        try
        {
            status = Prepare(context, status, (exception as HttpException)?.Headers);
            if (hasCallbacks)
            {
                status = await RunCallbacksAsync(context, server, status).ConfigureAwait(false);
                if (!context.ShutOut())
                {
                    context.Abort();
                    return;
                }

                TakeOver(response, status);
            }

            await SendPageAsync(context, server, status, cancellation).ConfigureAwait(false);
        }
        catch (Exception second)
        {
            Log.ErrorPageFailed(logger, context.TraceId, status, second);
            context.Abort();
        }
    }

    /// <summary>Sets status and fields; 500 where the fields are none that can be sent.</summary>
    private int Prepare(Http1Context context, int status, IDictionary<string, StringValues>? fields)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = status;
        try
        {
            foreach (var (name, value) in fields ?? new Dictionary<string, StringValues>())
            {
                response.Headers[name] = value;
            }

            return status;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            Log.RequestFailed(logger, context.TraceId, context.Connection.RemoteAddress, context.Request.Method, context.Request.Path, exception);
            response.Clear();
            return response.StatusCode = StatusCodes.InternalServerError;
        }
    }

    /// <summary>
    /// Runs the callbacks that wait for the start, while those who registered them are let in: before the page, whose type they see, and not with
    /// what makes it. One that throws is logged and makes it 500; the others run all the same.
    /// </summary>
    /// <returns>The status that it is then.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Logged; the answer to it is the page that is being sent.")]
    private async Task<int> RunCallbacksAsync(Http1Context context, VirtualServer server, int status)
    {
        var response = context.Response;
        if (server.GetErrorPage(status) is null)
        {
            response.Headers[Fields.ContentType] = ErrorPage.Render(status, context.Request.Headers[Fields.Accept].ToString(), context.TraceId).ContentType;
        }

        // Each time all of them are done, or one less is left: those that register themselves anew come to an end as well.
        for (var left = response.Callbacks; left > 0 && response.HasCallbacks && !response.HasStarted; left--)
        {
            try
            {
                await response.RunStartingAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (!context.Output.IsBroken && !response.HasStarted)
            {
                Log.RequestFailed(logger, context.TraceId, context.Connection.RemoteAddress, context.Request.Method, context.Request.Path, exception);
                response.StatusCode = StatusCodes.InternalServerError;
            }
        }

        return response.StatusCode;
    }

    /// <summary>Ends the part of the callbacks: what they set stays, what they wrote has no place on the page. One that started the answer gets the page behind it.</summary>
    private static void TakeOver(Http1Response response, int status)
    {
        response.ForgetCallbacks();
        if (!response.HasStarted)
        {
            response.ClearBody();
            response.StatusCode = status;
        }
    }

    private async Task SendPageAsync(Http1Context context, VirtualServer server, int status, CancellationToken cancellation)
    {
        var response = context.Response;
        context.MayKeepAlive &= !context.RequestBody.IsBroken;
        var accept = context.Request.Headers[Fields.Accept].ToString();
        if (!response.HasStarted && !response.HasTriedPage && server.GetErrorPage(status) is { } path && await TrySendConfiguredAsync(context, server, status, path, cancellation).ConfigureAwait(false))
        {
            return;
        }

        var page = ErrorPage.Render(status, accept, context.TraceId);
        if (!response.HasStarted)
        {
            response.Headers[Fields.ContentType] = page.ContentType;
            response.ContentLength = page.Body.Length;
        }

        await response.WriteAsync(page.Body).ConfigureAwait(false);
    }

    /// <summary>Sends the request through the pipeline again for the configured page, keeping the status.</summary>
    /// <returns>Whether the page answered.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Logged; the default page takes the place of the one that failed.")]
    private async Task<bool> TrySendConfiguredAsync(
        Http1Context context, VirtualServer server, int status, string path, CancellationToken cancellation)
    {
        var response = context.Response;
        if (RequestTargetParser.ParseLocal(path) is not { } target)
        {
            return false;
        }

        var fields = response.Headers.ToArray();
        response.StatusCode = StatusCodes.Ok;
        response.StatusOverride = status;
        response.HasTriedPage = true;
        context.Request.BecomeLocal(target);
        try
        {
            await server.Pipeline(context, cancellation).ConfigureAwait(false);
            if (response.HasStarted || (response.StatusCode == StatusCodes.Ok && response.HasBody))
            {
                return true;
            }

            Log.ErrorPageMissing(logger, context.TraceId, path, status, response.StatusCode);
        }
        catch (HttpException exception) when (!response.HasStarted)
        {
            Log.ErrorPageMissing(logger, context.TraceId, path, status, exception.StatusCode);
        }
        catch (Exception exception) when (!response.HasStarted && !context.Output.IsBroken && !cancellation.IsCancellationRequested)
        {
            // What broke the request may break its error page as well: the client still gets the status.
            Log.ErrorPageFailed(logger, context.TraceId, status, exception);
        }

        response.Clear();
        response.StatusOverride = 0;
        response.StatusCode = status;
        foreach (var (name, value) in fields)
        {
            response.Headers[name] = value;
        }

        return false;
    }
}
