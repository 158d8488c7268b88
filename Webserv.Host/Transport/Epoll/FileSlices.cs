namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// How much of files is sent before it is the others' turn: a slice for a connection, and for all that go on with a file a share of
/// each turn of the loop, however many there are. So small requests wait for that share at most, and not for every download.
/// </summary>
internal struct FileSlices
{
    // A tenth of a millisecond or two.
    private const int Turn = 512 * 1024;

    // Below this the calls would cost more than what they copy.
    private const int Smallest = 256 * 1024;

    private long _left;

    /// <summary>Whether the turn has something left for those that go on with a file.</summary>
    public readonly bool IsLeft => _left > 0;

    /// <summary>A turn of the loop begins.</summary>
    public void BeginTurn() => _left = Turn;

    /// <summary>Takes a slice. Others than the loop's own thread may ask; two at once count as one, which does no harm.</summary>
    /// <param name="waiting">How many others wait to go on.</param>
    /// <returns>A number of bytes.</returns>
    public long Take(int waiting)
    {
        var slice = Math.Max(Smallest, Turn / (waiting + 1));
        _left -= slice;
        return slice;
    }
}
