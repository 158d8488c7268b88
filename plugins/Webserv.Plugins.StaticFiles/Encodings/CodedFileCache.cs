using System.Collections.Concurrent;
using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>
/// The files that were compressed, within a budget of memory: one version of each, and what was not used lately goes first
/// (the CLOCK algorithm, so that a hit costs no more than one flag).
/// </summary>
/// <param name="budget">The most bytes that are kept.</param>
/// <param name="compressors">What makes the codings.</param>
/// <param name="time">The clock.</param>
internal sealed class CodedFileCache(long budget, IReadOnlyList<Compressor> compressors, TimeProvider time)
{
    // Counted for each version, whatever of it is kept: names, tags and tables.
    private const int Overhead = 1024;

    // File systems keep times in steps of up to two seconds: until then a further change may not show in the entity-tag.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, CodedVersion> _versions = new(StringComparer.Ordinal);
    private readonly LinkedList<CodedVersion> _clock = new();
    private readonly Lock _gate = new();
    private long _memory;

    /// <summary>The bytes that are accounted for.</summary>
    public long Memory => Interlocked.Read(ref _memory);

    /// <summary>Finds a version of a file. While it is remembered this is one look into a table, without lock or allocation.</summary>
    public CodedVersion Find(IFileEntry file)
    {
        if (_versions.TryGetValue(file.PhysicalPath, out var version) && version.IsOf(file))
        {
            version.Touch();
            return version;
        }

        return Add(file);
    }

    /// <summary>Keeps what was compressed, if there is room and the version is still the one of its file.</summary>
    /// <param name="coded">The file in a coding.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isFutile">Whether that is no smaller than the file: then it is only remembered that it is so.</param>
    public void Keep(CodedFile coded, CodedContent content, bool isFutile)
    {
        if (time.GetUtcNow() - coded.LastModified < Settling)
        {
            return;
        }

        lock (_gate)
        {
            var version = coded.Version;
            if (version.Node.List is null || coded.Content is not null)
            {
                return;
            }

            coded.IsFutile = isFutile;
            if (!isFutile && version.Cost + content.Length <= budget)
            {
                content.Enter();
                coded.Content = content;
                Account(version, content.Length);
                MakeRoom();
            }
        }
    }

    private CodedVersion Add(IFileEntry file)
    {
        var version = new CodedVersion(file, compressors);
        if (budget < Overhead)
        {
            return version;
        }

        lock (_gate)
        {
            if (_versions.TryGetValue(version.Path, out var other))
            {
                if (other.IsOf(file))
                {
                    return other;
                }

                Remove(other);
            }

            _versions[version.Path] = version;
            _clock.AddLast(version.Node);
            Account(version, Overhead);
            MakeRoom();
        }

        return version;
    }

    // Every version is passed twice at most: the first time takes away what a use of it left. One that is new was of no use yet,
    // and many that are asked for once do not push out what is asked for all the time.
    private void MakeRoom()
    {
        while (_memory > budget && _clock.First is { Value: var version } node)
        {
            if (version.TakeReference())
            {
                _clock.RemoveFirst();
                _clock.AddLast(node);
            }
            else
            {
                Remove(version);
            }
        }
    }

    private void Remove(CodedVersion version)
    {
        _versions.TryRemove(new KeyValuePair<string, CodedVersion>(version.Path, version));
        _clock.Remove(version.Node);
        foreach (var compressor in compressors)
        {
            version[compressor.Coding].Content?.Leave();
        }

        Account(version, -version.Cost);
    }

    private void Account(CodedVersion version, long bytes)
    {
        version.Cost += bytes;
        Interlocked.Add(ref _memory, bytes);
    }
}
