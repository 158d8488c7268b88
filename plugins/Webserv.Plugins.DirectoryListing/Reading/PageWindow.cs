namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>
/// Finds what stands on a page without keeping what comes behind it: holds at most twice as many items as there are up to
/// the page's end.
/// </summary>
/// <param name="order">How the items are sorted.</param>
/// <param name="keep">How many items there are up to the page's end, 1 or more.</param>
internal sealed class PageWindow(ListingOrder order, int keep)
{
    private readonly List<ListingItem> _items = [];
    private ListingItem _last;
    private bool _isCut;

    /// <summary>How many items it holds.</summary>
    public int Held => _items.Count;

    public void Add(in ListingItem item)
    {
        if (_isCut && order.Compare(item, _last) >= 0)
        {
            return;
        }

        _items.Add(item);
        if (_items.Count / 2 >= keep)
        {
            Cut();
        }
    }

    /// <summary>The items of the page, sorted.</summary>
    /// <param name="skip">How many come before it.</param>
    public List<ListingItem> Take(int skip)
    {
        Cut();
        return skip < _items.Count ? _items[skip..] : [];
    }

    private void Cut()
    {
        _items.Sort(order.Compare);
        if (_items.Count > keep)
        {
            _items.RemoveRange(keep, _items.Count - keep);
            _last = _items[^1];
            _isCut = true;
        }
    }
}
