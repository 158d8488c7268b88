namespace Webserv.Plugins.FastCgi.Backends;

/// <summary>One program that answers requests, as <see cref="BackendPool"/> sees it; all of it is read and changed under the pool's lock.</summary>
internal sealed class Backend
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private int _failures;

    /// <param name="name">What it is called in messages.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="capacity">How many requests it takes at once.</param>
    public Backend(string name, BackendAddress address, int capacity)
    {
        Name = name;
        Address = address;
        Capacity = capacity;
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Where it listens; does not change any more when the pool has it.</summary>
    public BackendAddress Address { get; set; }

    /// <summary>How many requests it takes at once.</summary>
    public int Capacity { get; set; }

    /// <summary>How many requests it has.</summary>
    public int Active { get; set; }

    /// <summary>How many requests it was given.</summary>
    public long Given { get; set; }

    /// <summary>The connections to it that are kept, where the protocol has such.</summary>
    public IBackendConnections? Connections { get; set; }

    /// <summary>The thread whose loop its connection is on, where it has one connection: requests of that thread go there first.</summary>
    public int ThreadId { get; set; }

    /// <summary>Told when it has no requests any more, where somebody waits for that.</summary>
    public TaskCompletionSource? Freed { get; set; }

    /// <summary>Called when it was given as many requests as it may have: it is to be replaced.</summary>
    public Action? WornOut { get; init; }

    /// <summary>After how many requests that is; 0 is never.</summary>
    public long MaxRequests { get; init; }

    /// <summary>
    /// Called with whether it hung, when a request was given up and nobody knows whether the program is still busy with it; calls back when it is free.
    /// <see langword="null"/> where several processes share the address, so that the others go on.
    /// </summary>
    public Action<bool, Action>? Recover { get; init; }

    /// <summary>
    /// Says what ends the program or has, other than itself; where its process is known. The end of a connection alone may be that of
    /// an answer.
    /// </summary>
    public Func<string?>? FindCrash { get; init; }

    /// <summary>Until when it is left alone after a failure, in the clock's timestamps.</summary>
    public long OutUntil { get; private set; }

    /// <summary>Whether it has failed and not yet worked again.</summary>
    public bool HasFailed => _failures > 0;

    /// <summary>It cannot be connected to.</summary>
    /// <returns>How long it is left alone.</returns>
    public TimeSpan Fail(TimeProvider time)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(_failures++, 16));
        pause = pause < LongestPause ? pause : LongestPause;
        OutUntil = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);
        return pause;
    }

    /// <summary>It can be connected to.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Succeed()
    {
        var failed = _failures > 0;
        _failures = 0;
        return failed;
    }
}
