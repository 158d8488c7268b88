namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>How a listing is sorted. Directories are always first; what is equal is sorted by name.</summary>
/// <param name="Column">By what.</param>
/// <param name="IsDescending">Whether the largest, newest or last is first.</param>
internal readonly record struct ListingOrder(ListingColumn Column, bool IsDescending)
{
    /// <summary>Whether it is the order of a request that asks for none.</summary>
    public bool IsDefault => this == default;

    /// <summary>The column as queries have it.</summary>
    public string ColumnName => Column switch
    {
        ListingColumn.Size => "size",
        ListingColumn.Date => "date",
        _ => "name",
    };

    /// <summary>The direction as queries have it.</summary>
    public string DirectionName => IsDescending ? "desc" : "asc";

    /// <summary>The order that a click on a column's heading asks for: the other way round where it is this one already.</summary>
    public ListingOrder Click(ListingColumn column) =>
        new(column, column == Column ? !IsDescending : column != ListingColumn.Name);

    public int Compare(ListingItem a, ListingItem b)
    {
        if (a.IsDirectory != b.IsDirectory)
        {
            return a.IsDirectory ? -1 : 1;
        }

        var compared = Column switch
        {
            ListingColumn.Size => a.Length.CompareTo(b.Length),
            ListingColumn.Date => a.Modified.CompareTo(b.Modified),
            _ => NaturalOrder.Compare(a.Name, b.Name),
        };
        return compared == 0 ? NaturalOrder.Compare(a.Name, b.Name) : IsDescending ? -compared : compared;
    }
}
