namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>Chooses the file to show below the list while the names go by.</summary>
/// <param name="names">The names that may be, in order of preference.</param>
internal sealed class ReadmeChoice(string[] names)
{
    private int _rank = names.Length;

    /// <summary>The best name until now.</summary>
    public string? Name { get; private set; }

    public void Consider(in ListingItem item)
    {
        if (item.IsDirectory || !item.HasLink)
        {
            return;
        }

        for (var rank = 0; rank < names.Length && rank <= _rank; rank++)
        {
            // Of two that differ in case alone always the same one, in whatever order they come.
            if (string.Equals(names[rank], item.Name, StringComparison.OrdinalIgnoreCase)
                && (rank < _rank || string.CompareOrdinal(item.Name, Name) < 0))
            {
                _rank = rank;
                Name = item.Name;
                return;
            }
        }
    }
}
