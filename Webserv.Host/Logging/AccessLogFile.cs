using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;

namespace Webserv.Host.Logging;

/// <summary>
/// A file of access logs. Event loops put lines into buffers of their own; one thread writes the buffers that are full, and all
/// of them once an interval. Event loops never wait for the disk: where it does not keep up, and the memory for what waits is
/// used up, lines are lost and counted.
/// </summary>
internal sealed class AccessLogFile : IAsyncDisposable
{
    private const int MaxBuffers = 64;
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly LogFileOptions _options;
    private readonly Func<ILogTarget> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogBlockPool _pool;
    private readonly AccessLogBuffer[] _buffers;
    private readonly Lock _sync = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly ITimer _timer;
    private readonly Thread _writer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<TaskCompletionSource> _flushes = [];
    private List<TaskCompletionSource> _reopens = [];
    private ILogTarget _target;
    private string? _problem;
    private bool _isFlushScheduled;
    private bool _isFlushDue;
    private bool _isClosing;
    private long _lost;
    private long _lostInAll;
    private long? _toldAt;

    /// <summary>Opens the file.</summary>
    /// <param name="options">What is known of it.</param>
    /// <param name="open">Opens the file, now and whenever it is to be opened again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told what goes wrong.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public AccessLogFile(LogFileOptions options, Func<ILogTarget> open, TimeProvider time, ILogger logger)
    {
        (_options, _open, _time, _logger) = (options, open, time, logger);
        _target = open();
        var count = Math.Min(MaxBuffers, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 2));

        // Each buffer may have one that it fills besides those that wait.
        _pool = new LogBlockPool(options.BufferSize, count + (int)Math.Max(options.MaxPending / options.BufferSize, 1), kept: count);
        _buffers = [.. Enumerable.Range(0, count).Select(_ => new AccessLogBuffer(this, _pool))];
        _timer = time.CreateTimer(static state => ((AccessLogFile)state!).OnFlushTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _writer = new Thread(Run) { IsBackground = true, Name = "access log" };
        _writer.Start();
    }

    /// <summary>The lines that were lost since it was opened.</summary>
    public long Lost => Volatile.Read(ref _lostInAll);

    /// <summary>The buffer of an event loop, or of a part of the connections where there are no loops: lines of one connection stay in order.</summary>
    public AccessLogBuffer GetBuffer(int lane) => _buffers[lane & (_buffers.Length - 1)];

    /// <summary>Writes what there is.</summary>
    public Task FlushAsync() => Ask(ref _flushes);

    /// <summary>Writes what there is, and opens the file again: it may have been renamed. Where that fails, the old one stays in use.</summary>
    public Task ReopenAsync() => Ask(ref _reopens);

    /// <summary>Writes what there is and closes the file. A disk that does not take it within a few seconds is not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_sync)
        {
            _isClosing = true;
        }

        Wake();
        try
        {
            await _ended.Task.WaitAsync(ClosePatience, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.AccessLogNotClosed(_logger, _options.Name, ClosePatience.TotalSeconds);
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Tells that a block waits.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Sees to it that what is gathered from now on is written when the interval is over.</summary>
    public void ScheduleFlush()
    {
        if (!Interlocked.Exchange(ref _isFlushScheduled, true))
        {
            _timer.Change(_options.FlushInterval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Tells that there was no room for a line.</summary>
    public void CountLost()
    {
        Interlocked.Increment(ref _lostInAll);
        if (Interlocked.Increment(ref _lost) == 1)
        {
            Wake();
        }
    }

    private void OnFlushTimer()
    {
        lock (_sync)
        {
            _isFlushDue = true;
        }

        Wake();
    }

    private Task Ask(ref List<TaskCompletionSource> list)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_sync)
        {
            if (_ended.Task.IsCompleted)
            {
                return Task.CompletedTask;
            }

            list.Add(asked);
        }

        Wake();
        return asked.Task;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The thread has nobody above it: what ends it is logged, and nobody may wait for it any longer.")]
    private void Run()
    {
        try
        {
            while (Turn())
            {
                _wake.WaitOne();
            }
        }
        catch (Exception exception)
        {
            Log.AccessLogFailed(_logger, _options.Name, exception);
        }
        finally
        {
            _target.Dispose();
            lock (_sync)
            {
                _ended.SetResult();
                Answer(_flushes);
                Answer(_reopens);
            }
        }
    }

    /// <returns>Whether there is to be another one.</returns>
    private bool Turn()
    {
        List<TaskCompletionSource> flushes, reopens;
        bool isDue, isLast;
        lock (_sync)
        {
            (flushes, reopens, isDue, isLast) = (_flushes, _reopens, _isFlushDue, _isClosing);
            _isFlushDue = false;
            (_flushes, _reopens) = ([], []);
        }

        var isFlush = isDue || isLast || flushes.Count + reopens.Count > 0;
        if (isFlush)
        {
            // Before the buffers are looked at: what comes behind that, or has to be tried again, has a timer of its own.
            Volatile.Write(ref _isFlushScheduled, false);
        }

        var isWritten = WriteWaiting();
        if (isFlush)
        {
            foreach (var buffer in _buffers)
            {
                // One after another, and none while the disk takes nothing: blocks that are hardly filled must not use up the memory for those that wait.
                if (isWritten || isLast)
                {
                    buffer.HandOver();
                    isWritten = WriteWaiting();
                }
            }
        }

        if (reopens.Count > 0)
        {
            Reopen();
        }

        TellLost(isLast);
        Answer(flushes);
        Answer(reopens);
        return !isLast;
    }

    private static void Answer(List<TaskCompletionSource> asked)
    {
        foreach (var one in asked)
        {
            one.SetResult();
        }
    }

    /// <returns>Whether all of it is written.</returns>
    private bool WriteWaiting()
    {
        while (_pool.Peek() is { } block)
        {
            try
            {
                while (!block.Left.IsEmpty)
                {
                    block.Written += _target.Write(block.Left);
                }
            }
            catch (IOException exception)
            {
                // What is left waits: a disk that has room again gets the rest of the line that was cut.
                if (_problem is null)
                {
                    Log.AccessLogNotWritten(_logger, _options.Name, exception.Message);
                }

                _problem = exception.Message;
                ScheduleFlush();
                return false;
            }

            _pool.Dequeue();
        }

        if (_problem is not null)
        {
            _problem = null;
            Log.AccessLogWrittenAgain(_logger, _options.Name);
        }

        return true;
    }

    private void Reopen()
    {
        ILogTarget target;
        try
        {
            target = _open();
        }
        catch (IOException exception)
        {
            Log.AccessLogNotReopened(_logger, _options.Name, exception.Message);
            return;
        }

        _target.Dispose();
        _target = target;
        _pool.Peek()?.GoBackToLine();
        WriteWaiting();
    }

    /// <summary>Once in a while, however many are lost.</summary>
    private void TellLost(bool isLast)
    {
        if (isLast)
        {
            while (_pool.Peek() is { } block)
            {
                Interlocked.Add(ref _lost, block.Left.Count((byte)'\n'));
                _pool.Dequeue();
            }
        }

        if (Volatile.Read(ref _lost) == 0 || (!isLast && _toldAt is { } told && _time.GetElapsedTime(told) < TellEvery))
        {
            return;
        }

        _toldAt = _time.GetTimestamp();
        Log.AccessLogLinesLost(_logger, _options.Name, Interlocked.Exchange(ref _lost, 0));
    }
}
