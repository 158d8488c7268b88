using System.Buffers;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;
using Webserv.Gateway.SendFile;

namespace Webserv.Gateway.Exchange;

/// <summary>
/// Carries a request's body to a running script and its answer to the client, both at once, each with one buffer and at
/// the pace of the slower side.
/// </summary>
internal sealed class CgiExchange(
    IHttpContext context, IExchangePeer peer, Stream? body, ExchangeLimits limits, TimeProvider time, ILogger logger, AnswerRules? rules = null)
{
    private const int BufferSize = 64 * 1024;

    // What counts as progress of a script that reads slowly.
    private const int SliceSize = 16 * 1024;

    // How much a script may write behind the end of its answer before it is taken for one that never stops.
    private const int MostExcess = 64 * 1024;

    // Even with no grace at all, what a script wrote before it ended is read; on a busy machine that takes a while.
    private static readonly TimeSpan LeastTimeLeftOpen = TimeSpan.FromSeconds(1);
    private readonly AnswerRules _rules = rules ?? AnswerRules.Default;
    private ExceptionDispatchInfo? _bodyFailure;
    private AnswerBody? _answer;
    private string? _localRedirect;
    private long _output;
    private bool _headReceived;

    /// <summary>Serves the request.</summary>
    /// <returns>The path to answer with instead, where the script asked for one.</returns>
    /// <exception cref="HttpException">502 or 504, or what reading the body threw.</exception>
    /// <exception cref="IOException">The answer had begun and cannot be completed: it must not look complete.</exception>
    public async Task<string?> RunAsync(CancellationToken cancellation)
    {
        var watch = new ProgressWatch(peer, limits, time, cancellation);
        await using (watch.ConfigureAwait(false))
        {
            var input = SendBodyAsync(watch);
            var ending = FollowExitAsync(watch);
            try
            {
                await RunAsync(watch, input, cancellation).ConfigureAwait(false);
            }
            catch
            {
                peer.Kill();
                throw;
            }
            finally
            {
                if (!input.IsCompleted || !ending.IsCompleted)
                {
                    await watch.StopAsync().ConfigureAwait(false);
                }

                await input.ConfigureAwait(false);
                await ending.ConfigureAwait(false);
                await peer.StandardOutput.DisposeAsync().ConfigureAwait(false);
                peer.ExchangeEnded();
            }
        }

        return _localRedirect;
    }

    private async Task RunAsync(ProgressWatch watch, Task input, CancellationToken cancellation)
    {
        var complete = false;
        try
        {
            await ReceiveAnswerAsync(watch).ConfigureAwait(false);
            complete = true;
            if (!input.IsCompleted && _localRedirect is null)
            {
                // The script has said all it has to say and may still be reading: the client need not wait for that.
                await context.Response.Body.FlushAsync(watch.Token).ConfigureAwait(false);
                await Task.WhenAny(input, peer.Exited).WaitAsync(watch.Token).ConfigureAwait(false);
            }
        }
        catch (CgiResponseException exception)
        {
            throw Bad(exception.Message, exception);
        }
        catch (OperationCanceledException)
            when (!cancellation.IsCancellationRequested && (_bodyFailure is not null || watch.Reason != GiveUpReason.None))
        {
            _bodyFailure?.Throw();
            if (GiveUp(watch.Reason, complete) is { } failure)
            {
                throw failure;
            }
        }
    }

    private Exception? GiveUp(GiveUpReason reason, bool complete)
    {
        if (reason == GiveUpReason.LeftOpen)
        {
            // The script ended in order; what it left behind is ended with it.
            const string NoHead = "it ended without a header block, and what it started writes none";
            return (_headReceived ? FindShortfall(_answer) : NoHead) is { } problem ? Bad(problem) : null;
        }

        var limit = reason switch
        {
            GiveUpReason.Total => limits.TotalTimeout!.Value,
            GiveUpReason.FirstByte => limits.FirstByteTimeout ?? limits.Timeout,
            _ => limits.Timeout,
        };
        Log.TimedOut(logger, peer.Name, context.TraceId, reason, limit);
        peer.Kill();
        if (complete || _answer is { IsWanted: false })
        {
            return null; // Only its reading, or what nobody gets, was cut short.
        }

        return context.Response.HasStarted
            ? new IOException($"{peer.Name} was killed in the middle of its answer")
            : new HttpException(StatusCodes.GatewayTimeout, $"{peer.Name} did not answer in time");
    }

    /// <summary>Logs what is wrong with the answer and says how the request ends: with 502, or cut off where it had begun.</summary>
    private Exception Bad(string problem, CgiResponseException? exception = null)
    {
        problem = peer.FindCrash() is { } crash ? $"{problem}: it {crash}" : problem;
        Log.BadAnswer(logger, peer.Name, context.TraceId, problem);
        return context.Response.HasStarted
            ? new IOException($"{peer.Name}: {problem}", exception)
            : new HttpException(StatusCodes.BadGateway, $"{peer.Name}: {problem}", exception);
    }

    private async Task FollowExitAsync(ProgressWatch watch)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registration = watch.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped);
        await using (registration.ConfigureAwait(false))
        {
            await Task.WhenAny(peer.Exited, stopped.Task).ConfigureAwait(false);
        }

        if (!watch.Token.IsCancellationRequested)
        {
            watch.ScriptEnded(limits.KillGrace > LeastTimeLeftOpen ? limits.KillGrace : LeastTimeLeftOpen);
        }
    }

    /// <summary>Never fails: a body that cannot be read stops the exchange, a script that does not read ends the sending.</summary>
    private async Task SendBodyAsync(ProgressWatch watch)
    {
        var input = peer.StandardInput;
        if (body is not null)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                await SendAsync(body, input, buffer, watch).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (watch.Token.IsCancellationRequested)
            {
                // Its end of the pipe stays open until it is dead, lest it take half a body for a whole one.
                return;
            }
            catch (Exception exception)
            {
                _bodyFailure = ExceptionDispatchInfo.Capture(exception);
                await watch.StopAsync().ConfigureAwait(false);
                return;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        try
        {
            await peer.EndInputAsync(watch.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (watch.Token.IsCancellationRequested)
        {
            // Who stopped the exchange says why.
        }
    }

    private async Task SendAsync(Stream source, Stream input, byte[] buffer, ProgressWatch watch)
    {
        while (true)
        {
            watch.ClientWaitBegins();
            int count;
            try
            {
                count = await source.ReadAsync(buffer, watch.Token).ConfigureAwait(false);
            }
            finally
            {
                watch.ClientWaitEnds();
            }

            if (count == 0)
            {
                return;
            }

            try
            {
                for (var sent = 0; sent < count; sent += SliceSize)
                {
                    await input.WriteAsync(buffer.AsMemory(sent, Math.Min(SliceSize, count - sent)), watch.Token).ConfigureAwait(false);
                    watch.Progressed();
                }
            }
            catch (IOException)
            {
                // EPIPE: it has read all it wants, which is its right (RFC 3875 section 4.2).
                Log.StoppedReading(logger, peer.Name, context.TraceId);
                return;
            }
        }
    }

    // What was read is answered with however long that takes on a machine that is busy: only waiting for the script counts.
    private async Task ReceiveAnswerAsync(ProgressWatch watch)
    {
        watch.ClientWaitBegins();
        try
        {
            await ReceiveAsync(watch).ConfigureAwait(false);
        }
        finally
        {
            watch.ClientWaitEnds();
        }
    }

    private async Task ReceiveAsync(ProgressWatch watch)
    {
        using var buffer = new AnswerBuffer(peer.StandardOutput, (int)Math.Min(BufferSize, limits.MaxHeaderSize));
        await ForScriptAsync(buffer.WaitAsync, watch).ConfigureAwait(false);
        var headLength = -1;
        for (var lineStart = 0; headLength < 0;)
        {
            var count = await ForScriptAsync(buffer.ReadAsync, watch).ConfigureAwait(false);
            var data = buffer.Data;
            watch.Answered();
            if (count == 0)
            {
                if (data.IsEmpty && await peer.FindStartFailureAsync(watch.Token).ConfigureAwait(false) is { } failure)
                {
                    throw failure;
                }

                throw new CgiResponseException(data.IsEmpty
                    ? "it ended without any output"
                    : $"its output ended before the header block did: {CgiResponseHead.Excerpt(data.Span)}");
            }

            headLength = CgiResponseHead.FindEnd(data.Span, ref lineStart);
            if ((headLength < 0 ? data.Length : headLength) > limits.MaxHeaderSize)
            {
                throw new CgiResponseException($"its header block is longer than {limits.MaxHeaderSize}: {CgiResponseHead.Excerpt(data.Span)}");
            }
        }

        var block = buffer.Data.Span[..headLength];
        var head = _rules.NonParsedHeaders ? CgiResponseHead.ParseHttp(block) : CgiResponseHead.Parse(block);
        buffer.Skip(headLength);
        _headReceived = true;
        if (head.IsLocalRedirect && context.GetFeature<ILocalRedirectFeature>() is not null)
        {
            Redirection.Remember(context);
            _localRedirect = head.Location;
            return;
        }

        await AnswerAsync(head, buffer, watch).ConfigureAwait(false);
    }

    private async Task AnswerAsync(CgiResponseHead head, AnswerBuffer buffer, ProgressWatch watch)
    {
        var instruction = _rules.Files is null ? null : SendFileRoots.FindInstruction(head.Lines);
        Apply(head, isFile: instruction is not null);
        if (instruction is null)
        {
            _answer = AnswerBody.For(head, isHead: context.Request.Method == HttpMethods.Head);
            await SendAnswerAsync(_answer, buffer, watch).ConfigureAwait(false);
            return;
        }

        // What the script writes itself is thrown away, so that it is not held up in whatever it does behind it.
        await ForClientAsync(
            _rules.Files!.SendAsync(context, instruction.Value, peer.Name, logger, watch.Token), watch).ConfigureAwait(false);
        _answer = AnswerBody.Unwanted();
        await SendAnswerAsync(_answer, buffer, watch).ConfigureAwait(false);
    }

    private void Apply(CgiResponseHead head, bool isFile)
    {
        var response = context.Response;
        response.StatusCode = head.EffectiveStatus;
        foreach (var (name, value) in head.Lines)
        {
            if (_rules.Files is not null && SendFileRoots.IsInstruction(name))
            {
                continue;
            }

            if (name.Equals(Fields.ContentType, StringComparison.OrdinalIgnoreCase))
            {
                response.Headers[name] = value;
            }
            else
            {
                response.Headers.Append(name, value);
            }
        }

        // The length is that of the script's own body, and 205 has none (RFC 9110 section 15.3.6).
        response.ContentLength = isFile || head.EffectiveStatus == StatusCodes.ResetContent ? null : head.ContentLength;
    }

    private async Task SendAnswerAsync(AnswerBody answer, AnswerBuffer buffer, ProgressWatch watch)
    {
        do
        {
            var wanted = answer.Take(buffer.Data.Span);
            CountOutput(wanted);
            if (wanted > 0)
            {
                await ForClientAsync(context.Response.Body.WriteAsync(buffer.Data[..wanted], watch.SendToken).AsTask(), watch).ConfigureAwait(false);
            }

            buffer.Clear();
            if (answer.Excess > MostExcess)
            {
                Log.WroteTooMuch(logger, peer.Name, context.TraceId, MostExcess);
                peer.Kill();
                return;
            }

            await ForScriptAsync(token => ReadMoreAsync(buffer, watch, token), watch).ConfigureAwait(false);
            watch.Progressed();
        }
        while (!buffer.Data.IsEmpty);

        if (FindShortfall(answer) is { } shortfall)
        {
            throw new CgiResponseException(shortfall);
        }

        if (answer.Excess > 0 && answer.IsWanted)
        {
            Log.WroteMore(logger, peer.Name, context.TraceId, answer.Excess);
        }
    }

    /// <summary>More that is there already goes out together; what is there alone goes out now.</summary>
    private async ValueTask<int> ReadMoreAsync(AnswerBuffer buffer, ProgressWatch watch, CancellationToken cancellation)
    {
        var waiting = buffer.WaitAsync(cancellation);
        if (waiting.IsCompleted)
        {
            await waiting.ConfigureAwait(false);
        }
        else
        {
            await WaitWhileFlushingAsync(waiting.AsTask(), watch).ConfigureAwait(false);
        }

        return await buffer.ReadAsync(cancellation).ConfigureAwait(false);
    }

    private static async ValueTask<int> ForScriptAsync(Func<CancellationToken, ValueTask<int>> wait, ProgressWatch watch)
    {
        watch.ClientWaitEnds();
        try
        {
            return await wait(watch.Token).ConfigureAwait(false);
        }
        finally
        {
            watch.ClientWaitBegins();
        }
    }

    /// <summary>What is missing of an answer that has ended; of one that only its end could end, whoever wrote it knows.</summary>
    private string? FindShortfall(AnswerBody? answer) =>
        answer?.Shortfall ?? (answer is { EndsWithOutput: true } && peer.FindCrash() is not null ? "its answer broke off" : null);

    /// <summary>What is too much is not sent, not even in part: the answer ends in a way that nobody takes for its end.</summary>
    private void CountOutput(int count)
    {
        _output += count;
        if (_output > limits.MaxOutputSize?.Bytes)
        {
            Log.AnswerTooLong(logger, peer.Name, context.TraceId, limits.MaxOutputSize.Value);
            var problem = $"{peer.Name}: its answer is longer than {limits.MaxOutputSize.Value}";
            throw context.Response.HasStarted ? new IOException(problem) : new HttpException(StatusCodes.BadGateway, problem);
        }
    }

    private async Task WaitWhileFlushingAsync(Task waiting, ProgressWatch watch)
    {
        try
        {
            await ForClientAsync(context.Response.Body.FlushAsync(watch.Token), watch).ConfigureAwait(false);
        }
        catch
        {
            // The stream is free only when nobody waits for it any more.
            await watch.StopAsync().ConfigureAwait(false);
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await waiting.ConfigureAwait(false);
    }

    private static async Task ForClientAsync(Task sending, ProgressWatch watch)
    {
        watch.ClientWaitBegins();
        try
        {
            await sending.ConfigureAwait(false);
        }
        finally
        {
            watch.ClientWaitEnds();
        }
    }
}
