namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>The names that are not shown.</summary>
internal sealed class HiddenNames(DirectoryListingOptions options)
{
    private readonly bool _showsDotFiles = options.ShowHidden;
    private readonly string[] _patterns = [.. options.Hide];

    /// <summary>Whether a name of a directory is left out. The root finds .well-known in any case; here it is as hidden as its like.</summary>
    public bool Hides(string name) => (!_showsDotFiles && name[0] == '.') || MatchesPattern(name);

    /// <summary>Whether the directory of a path, or one above it, is hidden.</summary>
    /// <param name="path">A path below the root.</param>
    public bool HidesPath(string path)
    {
        foreach (var segment in path.AsSpan().Split('/'))
        {
            var name = path.AsSpan(segment);
            if ((!_showsDotFiles && name.StartsWith('.')) || MatchesPattern(name))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesPattern(ReadOnlySpan<char> name)
    {
        foreach (var pattern in _patterns)
        {
            if (!name.IsEmpty && NameFilter.IsMatch(pattern, name))
            {
                return true;
            }
        }

        return false;
    }
}
