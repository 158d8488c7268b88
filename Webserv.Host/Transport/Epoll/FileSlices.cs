namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// How much of a file one connection of a loop sends before it is the others' turn: what a turn of the loop has for files,
/// divided among those that send any, so that small requests beside many fast downloads wait for less.
/// </summary>
internal struct FileSlices
{
    // Some tenths of a millisecond.
    private const int Turn = 1024 * 1024;

    // Below this the calls would cost more than what they copy.
    private const int Smallest = 256 * 1024;

    private int _now;
    private int _before;

    /// <summary>A turn of the loop begins.</summary>
    public void BeginTurn()
    {
        _before = _now;
        _now = 0;
    }

    /// <summary>Takes a share. Others than the loop's own thread may ask; two at once count as one, which does no harm.</summary>
    /// <returns>A number of bytes.</returns>
    public long Take() => Math.Max(Smallest, Turn / Math.Max(++_now, _before));
}
