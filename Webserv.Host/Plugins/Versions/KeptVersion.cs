using System.Globalization;

namespace Webserv.Host.Plugins.Versions;

/// <summary>A version of a plugin that has served and whose copy is kept, so that it can come back.</summary>
/// <param name="Directory">The directory of the copy.</param>
/// <param name="Version">The version of its assembly.</param>
/// <param name="Since">When it was put into service, other than by a rollback; UTC.</param>
/// <param name="Length">The bytes of its files.</param>
internal sealed record KeptVersion(string Directory, Version Version, DateTime Since, long Length)
{
    private const string MarkFile = PluginFileSet.HostPrefix + "served";
    private const string SignatureFile = PluginFileSet.HostPrefix + "signature";

    /// <summary>The hash of its files.</summary>
    public string Hash => Path.GetFileName(Directory);

    /// <summary>The signature that it was trusted by, or <see langword="null"/>.</summary>
    public byte[]? ReadSignature()
    {
        var file = Path.Combine(Directory, SignatureFile);
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    /// <summary>All that are kept of a plugin, the one that came last first. What cannot be read is not kept.</summary>
    /// <param name="cache">The directory of all copies.</param>
    /// <param name="id">The plugin's id.</param>
    public static IReadOnlyList<KeptVersion> Find(string cache, string id)
    {
        try
        {
            // What begins with a dot is being made or deleted.
            List<KeptVersion> versions =
            [
                .. new DirectoryInfo(Path.Combine(cache, id)).EnumerateDirectories()
                    .Where(copy => copy.Name[0] != '.')
                    .Select(copy => Read(copy.FullName))
                    .OfType<KeptVersion>(),
            ];
            versions.Sort((left, right) => right.Since.CompareTo(left.Since));
            return versions;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // There never was a copy of it, or another server deletes them this moment.
            return [];
        }
    }

    /// <summary>Reads the mark of a copy.</summary>
    /// <returns><see langword="null"/> for one that has not served.</returns>
    public static KeptVersion? Read(string directory)
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(directory, MarkFile));
            return lines.Length >= 3
                && System.Version.TryParse(lines[0], out var version)
                && DateTime.TryParse(lines[1], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var since)
                && long.TryParse(lines[2], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? new KeptVersion(directory, version, since, length)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has not served, or is being deleted.
            return null;
        }
    }

    /// <summary>Marks the copy as one that has served.</summary>
    /// <param name="signature">The signature that it was trusted by, or <see langword="null"/>.</param>
    /// <exception cref="IOException">It cannot be marked.</exception>
    public void Write(byte[]? signature)
    {
        if (signature is not null)
        {
            Replace(SignatureFile, signature);
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{Version}\n{Since:O}\n{Length}\n");
        Replace(MarkFile, System.Text.Encoding.ASCII.GetBytes(text));
    }

    private void Replace(string name, byte[] content)
    {
        var temporary = Path.Combine(Directory, $"{PluginFileSet.HostPrefix}{Guid.NewGuid():N}");
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, Path.Combine(Directory, name), overwrite: true);
    }
}
