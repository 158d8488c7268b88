namespace Webserv.Plugins.DirectoryListing;

/// <summary>How a listing is sorted, as its query says: <c>?sort=size&amp;order=desc</c>. Directories are always first.</summary>
/// <param name="Column">By what.</param>
/// <param name="IsDescending">Whether the largest, newest or last is first.</param>
internal readonly record struct ListingOrder(ListingColumn Column, bool IsDescending)
{
    /// <summary>Whether it is the order of a request that asks for none.</summary>
    public bool IsDefault => this == default;

    /// <summary>The query, with its question mark.</summary>
    public string Query => $"?sort={Name(Column)}&order={(IsDescending ? "desc" : "asc")}";

    public static string Name(ListingColumn column) => column switch
    {
        ListingColumn.Size => "size",
        ListingColumn.Date => "date",
        _ => "name",
    };

    /// <summary>Reads a query; what it does not know is as if it were not there.</summary>
    public static ListingOrder Parse(string query)
    {
        var order = default(ListingOrder);
        foreach (var range in query.AsSpan().Split('&'))
        {
            order = query.AsSpan(range) switch
            {
                "sort=name" => order with { Column = ListingColumn.Name },
                "sort=size" => order with { Column = ListingColumn.Size },
                "sort=date" => order with { Column = ListingColumn.Date },
                "order=asc" => order with { IsDescending = false },
                "order=desc" => order with { IsDescending = true },
                _ => order,
            };
        }

        return order;
    }

    /// <summary>The order that a click on a column's heading asks for: the other way round where it is this one already.</summary>
    public ListingOrder Click(ListingColumn column) =>
        new(column, column == Column ? !IsDescending : column != ListingColumn.Name);

    public void Sort(List<ListingItem> items) => items.Sort(Compare);

    private int Compare(ListingItem a, ListingItem b)
    {
        if (a.IsDirectory != b.IsDirectory)
        {
            return a.IsDirectory ? -1 : 1;
        }

        var compared = Column switch
        {
            ListingColumn.Size => a.Length.CompareTo(b.Length),
            ListingColumn.Date => a.LastModified.CompareTo(b.LastModified),
            _ => NaturalOrder.Compare(a.Name, b.Name),
        };
        return compared == 0 ? NaturalOrder.Compare(a.Name, b.Name) : IsDescending ? -compared : compared;
    }
}
