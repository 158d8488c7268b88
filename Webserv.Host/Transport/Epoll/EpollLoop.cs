using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Webserv.Host.Transport.Epoll;

/// <summary>One thread with an epoll instance: waits, hands events to their sources, runs what was posted, keeps deadlines.</summary>
internal sealed class EpollLoop : IEventLoop
{
    private const int EventsPerTurn = 256;
    private const int EventsAhead = 32;
    private const int StallMilliseconds = 100;
    private const int StallLogInterval = 10_000;
    private const int MaxIdleSwitches = 256;

    [ThreadStatic]
    private static EpollLoop? _current;

    private readonly int _index;
    private readonly ILogger _logger;
    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly EpollEvents _events = new(EventsPerTurn);
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _posted = new();
    private readonly ConcurrentQueue<LoopSwitch> _switches = new();
    private readonly Queue<EpollConnection> _files = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _slotLock = new();
    private readonly Lock _wakeLock = new();
    private readonly Stack<int> _freeSlots = new();
    private EpollSource?[] _slots = new EpollSource?[64];
    private int _usedSlots = 1;
    private uint _generation;
    private long _now;
    private long _stalls;
    private long _stallLogged = long.MinValue / 2;
    private BusyPeriod _busy;

    // Read by nobody; without it the compiler could leave out what makes it.
    private int _lookedAt;
    private FileSlices _fileSlices;
    private volatile bool _sleeping;
    private volatile bool _stopping;
    private volatile bool _stopped;

    private EpollLoop(int index, int epoll, int wakeUp, ILogger logger)
    {
        _index = index;
        _epoll = epoll;
        _wakeUp = wakeUp;
        _logger = logger;
        _now = Environment.TickCount64;
        Timers = new TimerWheel(_now, (entry, error) => Fail(entry as EpollSource, error));
    }

    /// <summary>The loop whose thread this is, or <see langword="null"/>.</summary>
    public static EpollLoop? Current => _current;

    /// <summary>The deadlines of this loop's sources; for its own thread alone.</summary>
    public TimerWheel Timers { get; }

    /// <summary>Counts the turns; for its own thread alone.</summary>
    public long Turn { get; private set; }

    /// <summary>Takes a slice of a file for a connection to send. Others than the loop's own thread may ask.</summary>
    public long TakeFileSlice() => _fileSlices.Take(_files.Count);

    public ILogger Logger => _logger;

    /// <summary>How often a turn took longer than a tenth of a second.</summary>
    public long Stalls => Interlocked.Read(ref _stalls);

    public int? Index => _index;

    // The cached time is old while the loop sleeps, so others read the clock itself.
    public long Milliseconds => IsCurrent ? _now : Environment.TickCount64;

    public bool IsCurrent => ReferenceEquals(_current, this);

    /// <summary>Starts a loop.</summary>
    /// <exception cref="IOException">The system has no descriptors or memory left.</exception>
    public static EpollLoop Start(int index, ILogger logger)
    {
        var epoll = LibC.EpollCreate(LibC.EpollCloseOnExec);
        if (epoll < 0)
        {
            throw new IOException($"cannot create an epoll instance: {LibC.Describe(LibC.Errno)}");
        }

        var wakeUp = LibC.EventDescriptor(0, LibC.EventNonBlocking | LibC.EventCloseOnExec);
        var error = wakeUp < 0 ? LibC.Errno : EpollEvents.Add(epoll, wakeUp, LibC.EpollIn | LibC.EpollEdge, 0);
        if (error != 0)
        {
            _ = LibC.Close(epoll);
            _ = wakeUp < 0 ? 0 : LibC.Close(wakeUp);
            throw new IOException($"cannot create an event descriptor: {LibC.Describe(error)}");
        }

        var loop = new EpollLoop(index, epoll, wakeUp, logger);
        new Thread(loop.Run) { IsBackground = true, Name = $"webserv loop {index}" }.Start();
        return loop;
    }

    public ValueTask SwitchTo() =>
        IsCurrent ? ValueTask.CompletedTask : (_switches.TryDequeue(out var idle) ? idle : new LoopSwitch(this)).Task;

    /// <summary>Takes back an awaitable of <see cref="SwitchTo"/>.</summary>
    internal void Return(LoopSwitch idle)
    {
        if (_switches.Count < MaxIdleSwitches)
        {
            _switches.Enqueue(idle);
        }
    }

    /// <summary>Runs something on the loop, never before this returns to it. From any thread.</summary>
    internal void Post(IThreadPoolWorkItem work)
    {
        _posted.Enqueue(work);
        if (IsCurrent)
        {
            return;
        }

        Interlocked.MemoryBarrier();
        if (_sleeping)
        {
            Wake();
        }
        else if (_stopped)
        {
            RunLeftOver();
        }
    }

    /// <summary>Has a connection go on with a file when it is its turn; for the loop's own thread alone.</summary>
    internal void Queue(EpollConnection connection) => _files.Enqueue(connection);

    /// <summary>Registers a descriptor; its events go to the source. From any thread. 0 or the error number.</summary>
    internal int Register(EpollSource source, int descriptor, uint events)
    {
        lock (_slotLock)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (!_freeSlots.TryPop(out var slot))
            {
                slot = _usedSlots++;
                if (slot == _slots.Length)
                {
                    var larger = new EpollSource?[slot * 2];
                    _slots.CopyTo(larger, 0);
                    Volatile.Write(ref _slots, larger);
                }
            }

            source.Key = ((ulong)++_generation << 32) | (uint)slot;
            Volatile.Write(ref _slots[slot], source);
            var error = EpollEvents.Add(_epoll, descriptor, events, source.Key);
            if (error != 0)
            {
                FreeSlot(source);
            }

            return error;
        }
    }

    /// <summary>Takes a descriptor out, before it is closed. From any thread.</summary>
    internal void Unregister(EpollSource source, int descriptor)
    {
        lock (_slotLock)
        {
            if (source.Key != 0)
            {
                EpollEvents.Delete(_epoll, descriptor);
                FreeSlot(source);
            }
        }
    }

    /// <summary>
    /// Lets go of a source whose descriptor is about to be closed, which takes it out of the epoll instance as well. Where a
    /// child that is being started holds a copy for a moment, events may still come; they find no source of their key.
    /// </summary>
    internal void Release(EpollSource source)
    {
        lock (_slotLock)
        {
            if (source.Key != 0)
            {
                FreeSlot(source);
            }
        }
    }

    /// <summary>Stops every source and ends the thread.</summary>
    internal Task StopAsync()
    {
        _stopping = true;
        Wake();
        return _ended.Task;
    }

    private void FreeSlot(EpollSource source)
    {
        var slot = (int)(uint)source.Key;
        source.Key = 0;
        Volatile.Write(ref _slots[slot], null);
        _freeSlots.Push(slot);
    }

    private unsafe void Wake()
    {
        // Edge-triggered, so nobody has to read it. The lock keeps the descriptor from being closed in between.
        lock (_wakeLock)
        {
            if (!_stopped)
            {
                var one = 1UL;
                _ = LibC.Write(_wakeUp, (byte*)&one, sizeof(ulong));
            }
        }
    }

    private void Run()
    {
        _current = this;
        while (!_stopping)
        {
            _busy.EndTurn();
            var count = Wait();
            _busy.BeginTurn();
            _fileSlices.BeginTurn();
            _now = Environment.TickCount64;
            Turn++;
            for (var first = 0; first < count; first += EventsAhead)
            {
                var behind = Math.Min(first + EventsAhead, count);
                LookAhead(first, behind);
                for (var i = first; i < behind; i++)
                {
                    Dispatch(_events.Get(i, out var key), key);
                }
            }

            Timers.Advance(_now);
            RunPosted();
            SendFiles();
            CheckStall();
        }

        End();
    }

    private int Wait()
    {
        var timeout = Timers.MillisecondsUntilNext(_now);
        _sleeping = true;
        Interlocked.MemoryBarrier();
        if (!_posted.IsEmpty || _files.Count > 0 || _stopping)
        {
            timeout = 0;
        }

        var count = _events.Wait(_epoll, timeout);
        if (count < 0 && LibC.Errno is var error && error != LibC.EINTR)
        {
            TellWaitFailed(error);
        }

        _sleeping = false;
        return count;
    }

    /// <summary>
    /// Brings what the next events are for into the processor's cache. One after the other they would be waited for one by one;
    /// here the processor fetches many at once. Of many connections few are still in the cache when their turn comes.
    /// </summary>
    private void LookAhead(int first, int behind)
    {
        var slots = Volatile.Read(ref _slots);
        var sum = 0;
        for (var i = first; i < behind; i++)
        {
            _events.Get(i, out var key);
            sum += slots[(int)(uint)key]?.LookAhead() ?? 0;
        }

        _lookedAt = sum;
    }

    private void Dispatch(uint events, ulong key)
    {
        var slot = (int)(uint)key;
        if (slot == 0 || Volatile.Read(ref Volatile.Read(ref _slots)[slot]) is not { } source || source.Key != key)
        {
            return;
        }

        try
        {
            source.OnEvents(events);
        }
        catch (Exception error)
        {
            Fail(source, error);
        }
    }

    /// <summary>Nothing may end the loop; the source that failed pays.</summary>
    private void Fail(EpollSource? source, Exception error) => Tell(() =>
    {
        TransportLog.SourceFailed(_logger, error, _index);
        source?.OnFailure();
    });

    private void TellWaitFailed(int error) => Tell(() => TransportLog.WaitFailed(_logger, _index, LibC.Describe(error)));

    private void TellStalled(long milliseconds, long stalls) => Tell(() => TransportLog.LoopStalled(_logger, _index, milliseconds, stalls));

    /// <summary>Logs something; whatever becomes of that, the loop goes on.</summary>
    private void Tell(Action log)
    {
        try
        {
            log();
        }
        catch (Exception second)
        {
            // A log provider that throws, or no memory left: there is nobody to tell but the standard error.
            Console.Error.WriteLine($"event loop {_index}: {second.Message}");
        }
    }

    private void RunPosted()
    {
        // What is posted meanwhile waits for the next turn, so that events are not starved.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--)
        {
            Execute(work);
        }
    }

    private void Execute(IThreadPoolWorkItem work)
    {
        try
        {
            work.Execute();
        }
        catch (Exception error)
        {
            Fail(work as EpollSource, error);
        }
    }

    /// <summary>Goes on with files: one at least, so that new requests for files cannot hold up those that are under way.</summary>
    private void SendFiles()
    {
        for (var left = _files.Count; left > 0; left--)
        {
            var connection = _files.Dequeue();
            try
            {
                connection.SendSlice();
            }
            catch (Exception error)
            {
                Fail(connection, error);
            }

            if (!_fileSlices.IsLeft)
            {
                return;
            }
        }
    }

    private void CheckStall()
    {
        var end = Environment.TickCount64;
        var took = end - _now;
        if (took <= StallMilliseconds)
        {
            return;
        }

        var stalls = Interlocked.Increment(ref _stalls);
        if (end - _stallLogged >= StallLogInterval)
        {
            _stallLogged = end;
            TellStalled(took, stalls);
        }
    }

    private void End()
    {
        EpollSource?[] sources;
        lock (_slotLock)
        {
            // Register looks at _stopping under this lock: nothing is added from here on.
            sources = _slots.ToArray();
        }

        foreach (var source in sources)
        {
            source?.Stop();
        }

        // The continuations of what was stopped run here; they find everything closed and cannot start anything new.
        while (_posted.TryDequeue(out var work))
        {
            Execute(work);
        }

        lock (_wakeLock)
        {
            _stopped = true;
        }

        _current = null;
        RunLeftOver();
        _ = LibC.Close(_wakeUp);
        _ = LibC.Close(_epoll);
        _events.Free();
        _ended.SetResult();
    }

    private void RunLeftOver()
    {
        while (_posted.TryDequeue(out var work))
        {
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        }
    }
}
