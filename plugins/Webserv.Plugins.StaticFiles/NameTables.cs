using System.Collections.Concurrent;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// The names of the directories that were searched, so that what is not there costs reading a directory once for each of its
/// changes and not once for each request. Bounded: a directory has at most 30,000 names here, all together 200,000.
/// </summary>
/// <param name="root">Where the directories are.</param>
/// <param name="time">The clock.</param>
internal sealed class NameTables(IDocumentRoot root, TimeProvider time)
{
    /// <summary>How many names a directory may have: file systems are still quick with so many.</summary>
    public const int MostNames = 30_000;

    private const int MostNamesTogether = 200_000;

    // As long as the open-file cache remembers what is not there, unless it is configured.
    private static readonly TimeSpan ValidFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, NameTable> _tables = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _names;

    /// <summary>The table of a directory, if it is known and still true. It does not block for longer than a look at a file takes.</summary>
    public NameTable? FindKnown(IFileEntry directory) =>
        _tables.TryGetValue(directory.PhysicalPath, out var table) && table.IsValid(directory.PhysicalPath, ValidFor, time) ? table : null;

    /// <summary>Reads the table of a directory anew.</summary>
    /// <exception cref="HttpException">503: the file system could not answer.</exception>
    /// <returns>It; <see langword="null"/> where the directory is gone or may not be read.</returns>
    public NameTable? Read(IFileEntry directory)
    {
        // The names are only what is then looked up through the root: a directory that is swapped for a link tells nothing.
        if (root.FindAgain(directory).Kind != FileKind.Directory)
        {
            return null;
        }

        try
        {
            var table = NameTable.Read(directory.PhysicalPath, MostNames, time);
            Keep(directory.PhysicalPath, table);
            return table;
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Gone since it was found, or not to be read: what cannot be looked for is not there.
            return null;
        }
        catch (IOException e)
        {
            throw new HttpException(StatusCodes.ServiceUnavailable, $"{directory.PhysicalPath} could not be read: {e.Message}");
        }
    }

    private void Keep(string path, NameTable table)
    {
        lock (_gate)
        {
            _names += WeightOf(table) - (_tables.TryGetValue(path, out var before) ? WeightOf(before) : 0);
            if (_names > MostNamesTogether)
            {
                // Rare and harmless: what is still asked for is read again.
                _tables.Clear();
                _names = WeightOf(table);
            }

            _tables[path] = table;
        }
    }

    // An empty one takes its place, too.
    private static int WeightOf(NameTable table) => table.Count + 50;
}
