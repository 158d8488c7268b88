using Webserv.Host.Http1;
using Webserv.Host.Transport;

namespace Webserv.Host.Admission;

/// <summary>
/// The connections that have been idle longest, found by a look at all of them and used up one by one. So a connection
/// that falls idle or wakes up touches no list, and a look, which costs as much as there are connections, makes room for
/// many newcomers. Used under the lock of the table.
/// </summary>
internal sealed class IdleCandidates
{
    private const int Capacity = 128;

    // What looks may cost: connections looked at. About four hundredths of one core, whatever a flood does.
    private const long VisitsPerMillisecond = 2_000;
    private const long MaxVisits = 200_000;

    private readonly (long Since, Http1Connection? Connection)[] _oldest = new (long, Http1Connection?)[Capacity];
    private IConnectionListener? _listener;
    private int _count;
    private long _visits = MaxVisits;
    private long _refilled;

    /// <summary>Claims the connection that has been idle longest: it serves nothing any more, and is to be closed.</summary>
    /// <param name="connections">All there are.</param>
    /// <param name="listener">Whose connection it has to be; <see langword="null"/> for any.</param>
    /// <param name="now">The time.</param>
    /// <returns>The connection, or <see langword="null"/> where none is idle.</returns>
    public Http1Connection? Claim(ReadOnlySpan<Http1Connection?> connections, IConnectionListener? listener, long now)
    {
        if (!ReferenceEquals(_listener, listener))
        {
            Clear();
            _listener = listener;
        }

        var claimed = ClaimFound();
        if (claimed is null && MayLook(connections.Length, now))
        {
            Look(connections, now);
            claimed = ClaimFound();
        }

        return claimed;
    }

    private Http1Connection? ClaimFound()
    {
        while (_count > 0)
        {
            var (since, connection) = _oldest[--_count];
            _oldest[_count] = default;
            if (connection!.TryRecycle(since))
            {
                return connection;
            }
        }

        return null;
    }

    private bool MayLook(int visits, long now)
    {
        _visits = Math.Min(MaxVisits, _visits + ((now - _refilled) * VisitsPerMillisecond));
        _refilled = now;
        if (_visits <= 0)
        {
            return false;
        }

        _visits -= visits;
        return true;
    }

    /// <summary>Keeps those that have been idle longest, the very longest last.</summary>
    private void Look(ReadOnlySpan<Http1Connection?> connections, long now)
    {
        foreach (var connection in connections)
        {
            if ((_listener is not null && !ReferenceEquals(connection!.Connection.Listener, _listener))
                || !connection!.IsRecyclable(now, out var since)
                || (_count == Capacity && since >= _oldest[0].Since))
            {
                continue;
            }

            var place = _count;
            while (place > 0 && _oldest[place - 1].Since <= since)
            {
                place--;
            }

            if (_count < Capacity)
            {
                _oldest.AsSpan(place, _count - place).CopyTo(_oldest.AsSpan(place + 1));
                _count++;
            }
            else
            {
                _oldest.AsSpan(1, --place).CopyTo(_oldest);
            }

            _oldest[place] = (since, connection);
        }
    }

    private void Clear()
    {
        Array.Clear(_oldest, 0, _count);
        _count = 0;
    }
}
