using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Plugins.Cgi.Python;

/// <summary>
/// The server's end of the socket to a fork server: questions with numbers, and their answers. See ForkServer.py for the
/// messages. From any thread.
/// </summary>
internal sealed class ForkServerChannel : IAsyncDisposable
{
    /// <summary>The largest message: what the socket takes however it is configured.</summary>
    public const int LargestMessage = 64 * 1024;

    private const int LargestAnswer = 64 * 1024;
    private const int Again = 11; // EAGAIN
    private static readonly TimeSpan SendPause = TimeSpan.FromMilliseconds(1);

    private readonly SafeFileHandle _socket;
    private readonly Stream _answers;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<int>> _pending = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopReading = new();
    private readonly ITimer _watchdog;
    private readonly TimeSpan _patience;
    private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _lastId;
    private long _answered;
    private long _answeredBefore;
    private int _watching;
    private int _disposed;
    private volatile bool _closed;

    private ForkServerChannel(SafeFileHandle socket, Stream answers, TimeProvider time, TimeSpan patience)
    {
        _socket = socket;
        _answers = answers;
        _time = time;
        _patience = patience;
        _watchdog = time.CreateTimer(static state => ((ForkServerChannel)state!).LookForAnswers(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Closed = ReadAsync();
    }

    /// <summary>What the fork server has imported; complete when <see cref="Ready"/> has ended.</summary>
    public ImportedFiles Files { get; } = new();

    /// <summary>Ends when the fork server can be asked, fails with <see cref="ForkServerException"/> when it never will.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Ends when there will be no more answers. Never fails.</summary>
    public Task Closed { get; }

    /// <summary>Ends when the fork server owes an answer and has given none for too long.</summary>
    public Task Stuck => _stuck.Task;

    /// <summary>Takes over the server's end of the socket.</summary>
    /// <param name="socket">Owned from now on.</param>
    /// <param name="program">The interpreter, for messages.</param>
    /// <param name="streams">What waits for answers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long the fork server may be silent while it owes an answer.</param>
    /// <exception cref="ProcessStartException">There is no descriptor left.</exception>
    /// <exception cref="IOException">It cannot be waited for.</exception>
    public static ForkServerChannel Open(SafeFileHandle socket, string program, IPipeStreams streams, TimeProvider time, TimeSpan patience)
    {
        try
        {
            return new ForkServerChannel(socket, streams.OpenRead(NativeSocket.Duplicate(socket, program)), time, patience);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a message that has no answer.</summary>
    /// <exception cref="ForkServerException">It cannot be sent.</exception>
    public void Tell(ReadOnlySpan<byte> message)
    {
        if (NativeSocket.Send(_socket, message, []) is not 0 and var error)
        {
            throw new ForkServerException($"a message could not be sent (errno {error})");
        }
    }

    /// <summary>Sends a question.</summary>
    /// <param name="message">A message with room for its number after the first byte.</param>
    /// <param name="descriptors">What goes with it; to be kept open until the question has been sent, which is when this returns a task.</param>
    /// <returns>The answer, or <see langword="null"/> where the socket is full.</returns>
    /// <exception cref="ForkServerException">The fork server was gone before it got the question.</exception>
    public Task<int>? TryAsk(Span<byte> message, ReadOnlySpan<int> descriptors)
    {
        var id = Interlocked.Increment(ref _lastId);
        BinaryPrimitives.WriteUInt32LittleEndian(message[1..], id);
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        var error = _closed ? Errno.NoSuchProcess : NativeSocket.Send(_socket, message, descriptors);
        if (error != 0)
        {
            _pending.TryRemove(id, out _);
            return error == Again ? null : throw new ForkServerException($"it is gone (errno {error})");
        }

        if (_closed && _pending.TryRemove(id, out _))
        {
            throw new ForkServerException("it is gone");
        }

        if (Interlocked.Exchange(ref _watching, 1) == 0)
        {
            _answeredBefore = Interlocked.Read(ref _answered);
            _watchdog.Change(_patience, Timeout.InfiniteTimeSpan);
        }

        return answer.Task;
    }

    /// <summary>Sends a question of fixed length, waiting for room.</summary>
    /// <exception cref="ForkServerException">The fork server is gone.</exception>
    public async Task<int> AskAsync(byte kind, int value)
    {
        var message = new byte[9];
        message[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(5), value);
        while (true)
        {
            if (TryAsk(message, []) is { } answer)
            {
                return await answer.ConfigureAwait(false);
            }

            await Task.Delay(SendPause, _time).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _closed = true;
        await _watchdog.DisposeAsync().ConfigureAwait(false);
        await _stopReading.CancelAsync().ConfigureAwait(false);
        await Closed.ConfigureAwait(false);
        _socket.Dispose();
        await _answers.DisposeAsync().ConfigureAwait(false);
        _stopReading.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[LargestAnswer];
        var reason = "it has ended";
        try
        {
            int count;
            while ((count = await _answers.ReadAsync(buffer, _stopReading.Token).ConfigureAwait(false)) > 0)
            {
                Take(buffer.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            reason = exception.Message; // As good as its end, or nobody listens any more.
        }

        _closed = true;
        var gone = new ForkServerException(reason);
        _ready.TrySetException(gone);
        _ = _ready.Task.Exception; // Nobody may be waiting.
        foreach (var id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out var answer))
            {
                answer.TrySetException(gone);
            }
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        switch (message[0])
        {
            case (byte)'A' when message.Length == 9:
                Interlocked.Increment(ref _answered);
                if (_pending.TryRemove(BinaryPrimitives.ReadUInt32LittleEndian(message[1..]), out var answer))
                {
                    answer.TrySetResult(BinaryPrimitives.ReadInt32LittleEndian(message[5..]));
                }

                break;
            case (byte)'F':
                foreach (var file in message[1..].Split((byte)0))
                {
                    if (message[1..][file] is { IsEmpty: false } path)
                    {
                        Files.Add(Encoding.UTF8.GetString(path));
                    }
                }

                break;
            case (byte)'R':
                _ready.TrySetResult();
                break;
            case (byte)'X':
                _ready.TrySetException(new ForkServerException(Encoding.UTF8.GetString(message[1..])));
                _ = _ready.Task.Exception;
                break;
            default:
                throw new IOException("it sent a message that is none");
        }
    }

    private void LookForAnswers()
    {
        var answered = Interlocked.Read(ref _answered);
        if (answered == _answeredBefore && !_pending.IsEmpty && !_closed)
        {
            _stuck.TrySetResult();
            return;
        }

        Volatile.Write(ref _watching, 0);
        if (!_pending.IsEmpty && Interlocked.Exchange(ref _watching, 1) == 0)
        {
            _answeredBefore = answered;
            _watchdog.Change(_patience, Timeout.InfiniteTimeSpan);
        }
    }
}
