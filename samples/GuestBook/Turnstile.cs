using System.Diagnostics.CodeAnalysis;
using SQLitePCL;

namespace Webserv.Samples.GuestBook;

/// <summary>
/// Lets one connection of the process at a time have a database open. While a plugin is replaced, the old and the new one are both there,
/// each with a SQLite of its own, and two of those in one process must not have the same file open: what one closes takes the other's locks
/// away (sqlite.org/howtocorrupt.html, section 2.2.1). So whoever comes closes the connection of whoever was there; who is alone keeps it.
/// </summary>
/// <remarks>What is shared are types of the runtime alone, since those of the two plugins are different ones.</remarks>
internal sealed class Turnstile
{
    // Only where another program holds the database locked do so many wait here.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate;

    // One element: closes the connection that is open, or null.
    private readonly Action?[] _holder;
    private readonly Action _close;
    private bool _hasLeft;

    /// <param name="path">The absolute path of the database.</param>
    /// <param name="close">Closes the connection, called while nobody else is inside.</param>
    public Turnstile(string path, Action close)
    {
        _close = close;
        (_gate, _holder) = Find("Webserv.Samples.GuestBook:" + path);
    }

    /// <summary>Does something while nobody else of the process does anything with the database.</summary>
    /// <param name="open">Opens the connection, called where it is not open.</param>
    /// <param name="work">What to do with it.</param>
    /// <param name="cancellation">Ends the wait for others.</param>
    /// <exception cref="SqliteException">Busy: the others took too long.</exception>
    public async Task RunAsync(Action open, Action work, CancellationToken cancellation)
    {
        if (!await _gate.WaitAsync(Patience, cancellation).ConfigureAwait(false))
        {
            throw new SqliteException(raw.SQLITE_BUSY, "others were waiting for the database too");
        }

        try
        {
            // A request that outlives its plugin must not call into a library that is no longer there.
            ObjectDisposedException.ThrowIf(_hasLeft, this);
            if (_holder[0] != _close)
            {
                _holder[0]?.Invoke();
                _holder[0] = null;
                open();
                _holder[0] = _close;
            }

            work();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Closes the connection where it is open, and leaves nothing of the plugin behind.</summary>
    public async Task LeaveAsync()
    {
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            _hasLeft = true;
            if (_holder[0] == _close)
            {
                _holder[0] = null;
                _close();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    [SuppressMessage("Reliability", "CA2002", Justification = "It is the one object that the two plugins both have.")]
    private static (SemaphoreSlim Gate, Action?[] Holder) Find(string name)
    {
        lock (AppDomain.CurrentDomain)
        {
            if (AppDomain.CurrentDomain.GetData(name) is not object[] shared)
            {
                shared = [new SemaphoreSlim(1), new Action?[1]];
                AppDomain.CurrentDomain.SetData(name, shared);
            }

            return ((SemaphoreSlim)shared[0], (Action?[])shared[1]);
        }
    }
}
