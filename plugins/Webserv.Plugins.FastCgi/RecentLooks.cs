namespace Webserv.Plugins.FastCgi;

/// <summary>
/// Remembers for some milliseconds which scripts were looked up past the cache. A look costs five system calls, a seventh of what a
/// short request costs the server, and what it guards against (somebody who may write below the root swaps a directory for a link)
/// can happen as well between the look and the moment in which the program opens the script.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RecentLooks(TimeProvider time)
{
    /// <summary>How long a look is good for.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMilliseconds(10);

    private const int Slots = 64;
    private readonly Look?[] _looks = new Look?[Slots];

    /// <summary>Whether a file was looked up within <see cref="Validity"/>.</summary>
    public bool Contains(string fileName) =>
        Volatile.Read(ref SlotOf(fileName)) is { } look && look.FileName == fileName && time.GetElapsedTime(look.Timestamp) < Validity;

    /// <summary>A file was looked up now.</summary>
    public void Add(string fileName) => Volatile.Write(ref SlotOf(fileName), new Look(fileName, time.GetTimestamp()));

    // Two that share a slot are looked up more often, and that is all.
    private ref Look? SlotOf(string fileName) => ref _looks[(uint)fileName.GetHashCode(StringComparison.Ordinal) % Slots];

    private sealed record Look(string FileName, long Timestamp);
}
