using System.IO.Enumeration;

namespace Webserv.Plugins.StaticFiles;

/// <summary>The names of a directory as they were when it was read, in an order in which those that differ in case alone are neighbours.</summary>
internal sealed class NameTable
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    // File systems keep times in steps of up to two seconds: a directory that changed so shortly before it was read may change
    // once more and keep its time.
    private static readonly TimeSpan TimeStep = TimeSpan.FromSeconds(2);

    // A link on the way may lead elsewhere since, to a directory with the same time.
    private static readonly TimeSpan LongestValid = TimeSpan.FromSeconds(30);

    private static readonly Comparison<string> Order = (a, b) =>
        string.Compare(a, b, StringComparison.OrdinalIgnoreCase) is var order and not 0 ? order : string.CompareOrdinal(a, b);

    private readonly string[] _names;
    private readonly DateTime _modified;
    private readonly bool _isCertain;
    private readonly long _readAt;
    private long _checkedAt;

    private NameTable(string[] names, DateTime modified, TimeProvider time, long readAt)
    {
        _names = names;
        _modified = modified;
        _readAt = readAt;
        _checkedAt = readAt;
        _isCertain = time.GetUtcNow().UtcDateTime - modified > TimeStep;
    }

    /// <summary>How many names it holds.</summary>
    public int Count => _names.Length;

    /// <summary>Reads a directory; it blocks. Nothing is asked but names.</summary>
    /// <param name="path">Its path on disk.</param>
    /// <param name="mostNames">A directory with more names gets an empty table: nothing is found in it.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="UnauthorizedAccessException">It can not be read.</exception>
    /// <exception cref="IOException">It is gone, or the file system failed.</exception>
    public static NameTable Read(string path, int mostNames, TimeProvider time)
    {
        // Before the names: a change meanwhile makes the table old.
        var modified = GetModified(path);
        var readAt = time.GetTimestamp();
        var names = new List<string>();
        foreach (var name in new FileSystemEnumerable<string>(path, static (ref entry) => entry.FileName.ToString(), Everything))
        {
            if (names.Count == mostNames)
            {
                return new NameTable([], modified, time, readAt);
            }

            names.Add(name);
        }

        names.Sort(Order);
        return new NameTable([.. names], modified, time, readAt);
    }

    /// <summary>Whether the directory has still these names, as far as its time tells; that is asked for once in a while.</summary>
    /// <param name="path">Its path on disk.</param>
    /// <param name="validFor">How long it is not asked for.</param>
    /// <param name="time">The clock.</param>
    public bool IsValid(string path, TimeSpan validFor, TimeProvider time)
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(Volatile.Read(ref _checkedAt), now) < validFor)
        {
            return true;
        }

        // Of what is gone the time is one of 1601.
        if (!_isCertain || time.GetElapsedTime(_readAt, now) >= LongestValid || GetModified(path) != _modified)
        {
            return false;
        }

        Volatile.Write(ref _checkedAt, now);
        return true;
    }

    /// <summary>The names that are a name but for upper and lower case, in ordinal order.</summary>
    public ReadOnlySpan<string> Find(string name)
    {
        int first = 0, last = _names.Length;
        while (first < last)
        {
            var middle = (first + last) / 2;
            if (string.Compare(_names[middle], name, StringComparison.OrdinalIgnoreCase) < 0)
            {
                first = middle + 1;
            }
            else
            {
                last = middle;
            }
        }

        var end = first;
        while (end < _names.Length && _names[end].Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            end++;
        }

        return _names.AsSpan(first..end);
    }

    // A link has a time of its own.
    private static DateTime GetModified(string path)
    {
        var directory = new DirectoryInfo(path);
        return (directory.LinkTarget is null ? directory : directory.ResolveLinkTarget(returnFinalTarget: true) ?? directory).LastWriteTimeUtc;
    }
}
