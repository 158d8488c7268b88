namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>
/// The memory of everything that was compressed and that somebody still holds: the cache, and requests whose clients take it
/// slowly. Of the latter the cache knows nothing.
/// </summary>
/// <param name="most">How many bytes there may be before nothing more is compressed.</param>
internal sealed class CompressionMemory(long most)
{
    private long _held;

    /// <summary>The bytes that are held.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Whether a further compression may begin.</summary>
    public bool HasRoom => Held < most;

    /// <summary>Accounts for bytes; fewer than none where they are let go of.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _held, bytes);
}
