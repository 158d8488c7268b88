using System.Runtime.InteropServices;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Transport;

namespace Webserv.Host.Admission;

/// <summary>
/// The connections there are, and how many more there may be: in total, per listener, per client. Its lock is taken when a
/// connection comes and when it goes, never for a request.
/// </summary>
internal sealed class ConnectionTable(LimitsOptions limits)
{
    private readonly Lock _sync = new();
    private readonly Dictionary<IConnectionListener, int> _listeners = [];
    private readonly Dictionary<ClientKey, int> _clients = [];
    private readonly IdleCandidates _idle = new();
    private Http1Connection?[] _slots = new Http1Connection?[64];
    private int _count;
    private int _leaving;
    private TaskCompletionSource? _empty;
    private readonly long[] _outcomes = new long[(int)AdmissionOutcome.Stopping + 1];
    private long _recycled;
    private volatile bool _isStopping;

    /// <summary>Whether nothing is admitted any more.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>How many connections there are, those that were recycled and are not quite gone not counted.</summary>
    public int Count
    {
        get
        {
            lock (_sync)
            {
                return _count - _leaving;
            }
        }
    }

    /// <summary>Those that were admitted since the start.</summary>
    public long AdmittedCount => Volatile.Read(ref _outcomes[(int)AdmissionOutcome.Admitted]);

    /// <summary>Idle ones that made room for another one since the start.</summary>
    public long RecycledCount => Volatile.Read(ref _recycled);

    /// <summary>Those that there was no place for since the start.</summary>
    public long RefusedCount(AdmissionOutcome reason) => Volatile.Read(ref _outcomes[(int)reason]);

    /// <summary>Takes a connection in, in place of an idle one where the server or the listener is full.</summary>
    /// <param name="connection">It; <see cref="Remove"/> has to follow if it is admitted.</param>
    /// <param name="now">The time, in milliseconds of the event loops.</param>
    /// <param name="recycled">The one that it takes the place of and that is to be closed, or <see langword="null"/>.</param>
    public AdmissionOutcome Admit(Http1Connection connection, long now, out Http1Connection? recycled)
    {
        lock (_sync)
        {
            var outcome = TryAdmit(connection, now, out recycled);
            _outcomes[(int)outcome]++;
            return outcome;
        }
    }

    /// <summary>Takes its place from the connection that has been idle for longest.</summary>
    /// <param name="now">The time, in milliseconds of the event loops.</param>
    /// <returns>It, to be closed; <see langword="null"/> where none is idle.</returns>
    public Http1Connection? Recycle(long now)
    {
        lock (_sync)
        {
            return Recycle(null, now);
        }
    }

    /// <summary>Forgets a connection that is closed; nothing where it was not admitted.</summary>
    public void Remove(Http1Connection connection)
    {
        lock (_sync)
        {
            if (connection.Slot < 0)
            {
                return;
            }

            var last = _slots[--_count]!;
            _slots[last.Slot = connection.Slot] = last;
            _slots[_count] = null;
            connection.Slot = -1;
            if (connection.IsRecycled)
            {
                _leaving--;
            }
            else
            {
                CountOut(connection);
            }

            if (_count == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    /// <summary>Admits nothing any more.</summary>
    /// <returns>Ends when the last connection has gone.</returns>
    public Task Stop()
    {
        lock (_sync)
        {
            _isStopping = true;
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_count == 0)
            {
                _empty.TrySetResult();
            }

            return _empty.Task;
        }
    }

    /// <summary>The connections there are now.</summary>
    public Http1Connection[] Snapshot()
    {
        lock (_sync)
        {
            return [.. _slots.AsSpan(0, _count)!];
        }
    }

    private AdmissionOutcome TryAdmit(Http1Connection connection, long now, out Http1Connection? recycled)
    {
        recycled = null;
        var listener = connection.Connection.Listener;
        if (_isStopping)
        {
            return AdmissionOutcome.Stopping;
        }

        if (TryGetClient(connection, out var client) && _clients.GetValueOrDefault(client) >= limits.MaxConnectionsPerClient)
        {
            return AdmissionOutcome.ClientFull;
        }

        if (limits.MaxConnectionsPerListener > 0 && _listeners.GetValueOrDefault(listener) >= limits.MaxConnectionsPerListener
            && (recycled = Recycle(listener, now)) is null)
        {
            return AdmissionOutcome.ListenerFull;
        }

        if (_count - _leaving >= limits.MaxConnections && (recycled = Recycle(null, now)) is null)
        {
            return AdmissionOutcome.ServerFull;
        }

        if (_count == _slots.Length)
        {
            Array.Resize(ref _slots, _count * 2);
        }

        connection.Slot = _count;
        _slots[_count++] = connection;
        CountIn(connection);
        return AdmissionOutcome.Admitted;
    }

    /// <summary>Its place is free from here on, though it takes a moment to go.</summary>
    private Http1Connection? Recycle(IConnectionListener? listener, long now)
    {
        if (_idle.Claim(_slots.AsSpan(0, _count), listener, now) is not { } claimed)
        {
            return null;
        }

        _leaving++;
        _recycled++;
        CountOut(claimed);
        return claimed;
    }

    private void CountIn(Http1Connection connection)
    {
        if (limits.MaxConnectionsPerListener > 0)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_listeners, connection.Connection.Listener, out _)++;
        }

        if (TryGetClient(connection, out var client))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_clients, client, out _)++;
        }
    }

    private void CountOut(Http1Connection connection)
    {
        if (limits.MaxConnectionsPerListener > 0)
        {
            CountOut(_listeners, connection.Connection.Listener);
        }

        if (TryGetClient(connection, out var client))
        {
            CountOut(_clients, client);
        }
    }

    private static void CountOut<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (--CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) == 0)
        {
            counts.Remove(key);
        }
    }

    private bool TryGetClient(Http1Connection connection, out ClientKey client)
    {
        client = default;
        if (limits.MaxConnectionsPerClient == 0 || connection.IsProxy || connection.Connection.RemoteEndPoint is not { } remote)
        {
            return false;
        }

        client = ClientKey.Of(remote.Address);
        return true;
    }
}
