using CsCheck;
using Webserv.Plugins.DirectoryListing.Output;
using Webserv.Plugins.DirectoryListing.Reading;

namespace Webserv.Plugins.DirectoryListing.Tests;

public sealed class OrderTests : IDisposable
{
    private static readonly Gen<string> GenName = Gen.String[Gen.Char["0019aAbBéÉß_.- ıİ日\uD83D\uDE00"], 0, 8];

    private static readonly Gen<ListingItem> GenItem = Gen.Select(GenName, Gen.Long[0, 3], Gen.Int[0, 3], Gen.Bool).Select(
        (name, length, day, isDirectory) => new ListingItem(name, isDirectory ? 0 : length, DateTime.UnixEpoch.AddDays(day), isDirectory, false, true));

    private static readonly Gen<ListingOrder> GenOrder =
        Gen.Select(Gen.Enum<ListingColumn>(), Gen.Bool).Select((column, isDescending) => new ListingOrder(column, isDescending));

    private readonly ListingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/", "b2/ b10/ a1 a2 A10 z")]
    [InlineData("/?sort=name", "b2/ b10/ a1 a2 A10 z")]
    [InlineData("/?sort=name&order=asc", "b2/ b10/ a1 a2 A10 z")]
    [InlineData("/?sort=name&order=desc", "b10/ b2/ z A10 a2 a1")]
    [InlineData("/?order=desc", "b10/ b2/ z A10 a2 a1")]
    [InlineData("/?order=desc&sort=name", "b10/ b2/ z A10 a2 a1")]
    [InlineData("/?sort=size&order=desc", "b2/ b10/ a2 A10 a1 z")]
    [InlineData("/?sort=size&order=asc", "b2/ b10/ z a1 A10 a2")]
    [InlineData("/?sort=size", "b2/ b10/ z a1 A10 a2")]
    [InlineData("/?sort=date&order=asc", "b10/ b2/ a2 A10 a1 z")]
    [InlineData("/?sort=date&order=desc", "b2/ b10/ z a1 A10 a2")]
    [InlineData("/?sort=%73ize&order=%64esc", "b2/ b10/ a2 A10 a1 z")]
    [InlineData("/?sort=date&sort=size", "b2/ b10/ z a1 A10 a2")]
    [InlineData("/?sort=nonsense&order=%3Cscript%3E", "b2/ b10/ a1 a2 A10 z")]
    [InlineData("/?sort", "b2/ b10/ a1 a2 A10 z")]
    [InlineData("/?sort=", "b2/ b10/ a1 a2 A10 z")]
    [InlineData("/?SORT=size", "b2/ b10/ a1 a2 A10 z")]
    [InlineData("/?=size&&&x=y", "b2/ b10/ a1 a2 A10 z")]
    public async Task Get_Order_IsNaturalWithFoldersFirst(string target, string expected)
    {
        _folder.Folder("b10", DateTime.UnixEpoch);
        _folder.Folder("b2", DateTime.UnixEpoch.AddDays(1));
        _folder.Write("z", 0, DateTime.UnixEpoch.AddDays(4));
        _folder.Write("a1", 10, DateTime.UnixEpoch.AddDays(3));
        _folder.Write("A10", 20, DateTime.UnixEpoch.AddDays(2));
        _folder.Write("a2", 30, DateTime.UnixEpoch.AddDays(1));
        Assert.Equal(expected, ListingFolder.Names(await _folder.GetAsync(target)));
    }

    [Theory]
    [InlineData("a2", "a10")]
    [InlineData("a", "a1")]
    [InlineData("a1b2", "a1b10")]
    [InlineData("A", "b")]
    [InlineData("a", "B")]
    [InlineData("a01", "a2")]
    [InlineData("9", "99999999999999999999999999")]
    [InlineData("a01", "a1")]
    [InlineData("A", "a")]
    [InlineData("2024-01-09", "2024-01-10")]
    [InlineData("v1.9.0", "v1.10.0")]
    [InlineData("1", "a")]
    [InlineData("é1", "É2")]
    [InlineData("", "a")]
    public void Compare_Names_AreInNaturalOrder(string first, string second)
    {
        Assert.True(NaturalOrder.Compare(first, second) < 0);
        Assert.True(NaturalOrder.Compare(second, first) > 0);
        Assert.Equal(0, NaturalOrder.Compare(first, first));
    }

    [Fact]
    public void Compare_AnyItems_IsATotalOrder() =>
        Gen.Select(GenOrder, GenItem, GenItem, GenItem).Sample((order, a, b, c) =>
        {
            var ab = Math.Sign(order.Compare(a, b));
            Assert.Equal(-ab, Math.Sign(order.Compare(b, a)));
            Assert.Equal(ab == 0, a.IsDirectory == b.IsDirectory && a.Name == b.Name && IsSame(order, a, b));
            if (ab <= 0 && order.Compare(b, c) <= 0)
            {
                Assert.True(order.Compare(a, c) <= 0);
            }
        });

    [Fact]
    public void Take_AnyPage_IsThatOfTheWholeSorted() =>
        Gen.Select(GenOrder, GenItem.Array[0, 60], Gen.Int[1, 7], Gen.Int[1, 8]).Sample((order, items, page, size) =>
        {
            var window = new PageWindow(order, page * size);
            foreach (var item in items)
            {
                window.Add(item);
                Assert.True(window.Held < 2 * page * size + 1);
            }

            // By name last: what is equal in name too is equal altogether or not told apart.
            var expected = items.Order(Comparer<ListingItem>.Create(order.Compare)).Skip((page - 1) * size).Take(size).Select(item => (item.Name, item.IsDirectory));
            Assert.Equal(expected, window.Take((page - 1) * size).Select(item => (item.Name, item.IsDirectory)));
        });

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 KB")]
    [InlineData(1024, "1.0 KB")]
    [InlineData(10_189, "10 KB")]
    [InlineData(1024 * 999, "999 KB")]
    [InlineData(1024 * 1000, "1.0 MB")]
    [InlineData(long.MaxValue, "8.0 EB")]
    public void Format_Size_IsShort(long bytes, string expected) => Assert.Equal(expected, HumanSize.Format(bytes));

    private static bool IsSame(ListingOrder order, ListingItem a, ListingItem b) => order.Column switch
    {
        ListingColumn.Size => a.Length == b.Length,
        ListingColumn.Date => a.Modified == b.Modified,
        _ => true,
    };
}
