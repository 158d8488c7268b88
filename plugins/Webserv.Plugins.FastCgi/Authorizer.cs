using System.Security.Principal;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Gateway;
using Webserv.Gateway.Exchange;
using Webserv.Plugins.FastCgi.Protocol;

namespace Webserv.Plugins.FastCgi;

/// <summary>Asks a program whether a request may go on (FastCGI 1.0 section 6.3). The request's body is not touched.</summary>
internal sealed class Authorizer(RequestHandler handler, ExchangeLimits limits, AnswerRules answers, TimeProvider time, ILogger logger)
{
    private const string VariablePrefix = "Variable-";
    private const string RemoteUser = "REMOTE_USER";

    public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var (peer, head, read) = await AskAsync(context, cancellation).ConfigureAwait(false);
        if (head is { EffectiveStatus: StatusCodes.Ok })
        {
            await peer.StandardOutput.DisposeAsync().ConfigureAwait(false);
            peer.ExchangeEnded();
            Admit(context, head);
            await next(context, cancellation).ConfigureAwait(false);
            return;
        }

        // Whatever else it said is the client's, be it an answer or a failure.
        var answer = new AnsweredPeer(peer, read);
        var redirect = await new CgiExchange(context, answer, null, limits, time, logger, answers).RunAsync(cancellation).ConfigureAwait(false);
        if (redirect is not null)
        {
            await context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync(redirect, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<(IExchangePeer Peer, CgiResponseHead? Head, ReadOnlyMemory<byte> Read)> AskAsync(IHttpContext context, CancellationToken cancellation)
    {
        var (script, start) = handler.StartAuthorization(context);
        for (var canRetry = true; ; canRetry = false)
        {
            var peer = await handler.BeginAsync(script, start, cancellation).ConfigureAwait(false);
            using var patience = new CancellationTokenSource(limits.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            try
            {
                await peer.EndInputAsync(either.Token).ConfigureAwait(false);
                var read = await ReadHeadAsync(peer.StandardOutput, either.Token).ConfigureAwait(false);
                return (peer, TryParse(read.Span), read);
            }
            catch (Exception exception)
            {
                peer.Kill();
                await peer.StandardOutput.DisposeAsync().ConfigureAwait(false);
                peer.ExchangeEnded();
                switch (exception)
                {
                    case ConnectionLostException when canRetry:
                        continue;
                    case OperationCanceledException when !cancellation.IsCancellationRequested:
                        Gateway.Log.TimedOut(logger, peer.Name, context.TraceId, GiveUpReason.Silence, limits.Timeout);
                        throw new HttpException(StatusCodes.GatewayTimeout, $"{peer.Name} did not decide in time", exception);
                    case CgiResponseException or IOException:
                        Gateway.Log.BadAnswer(logger, peer.Name, context.TraceId, exception.Message);
                        throw new HttpException(StatusCodes.BadGateway, $"{peer.Name}: {exception.Message}", exception);
                    default:
                        throw;
                }
            }
        }
    }

    /// <summary>Reads until the header block is there, or no whole one comes.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadHeadAsync(Stream output, CancellationToken cancellation)
    {
        var buffer = new byte[(int)Math.Min(4096, limits.MaxHeaderSize)];
        var (filled, lineStart) = (0, 0);
        while (true)
        {
            var count = await output.ReadAsync(buffer.AsMemory(filled), cancellation).ConfigureAwait(false);
            filled += count;
            if (count == 0 || filled > limits.MaxHeaderSize || CgiResponseHead.FindEnd(buffer.AsSpan(0, filled), ref lineStart) >= 0)
            {
                return buffer.AsMemory(0, filled);
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    private static CgiResponseHead? TryParse(ReadOnlySpan<byte> read)
    {
        var lineStart = 0;
        var length = CgiResponseHead.FindEnd(read, ref lineStart);
        try
        {
            return length < 0 ? null : CgiResponseHead.Parse(read[..length]);
        }
        catch (CgiResponseException)
        {
            return null; // The exchange says what is wrong with it.
        }
    }

    private static void Admit(IHttpContext context, CgiResponseHead head)
    {
        Dictionary<string, string>? variables = null;
        foreach (var (field, value) in head.Lines)
        {
            if (field.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase) && field.Length > VariablePrefix.Length)
            {
                (variables ??= new Dictionary<string, string>(StringComparer.Ordinal))[field[VariablePrefix.Length..]] = value;
            }
        }

        if (variables is null)
        {
            return;
        }

        context.Items[MetaVariables.AddedVariables] = variables;
        if (variables.TryGetValue(RemoteUser, out var user) && context.GetFeature<IUserFeature>() is { } feature)
        {
            feature.User = new GenericIdentity(user, variables.GetValueOrDefault("AUTH_TYPE", "FastCGI"));
        }
    }
}
