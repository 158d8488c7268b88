using System.Text;
using Webserv.Host.Http1;

namespace Webserv.Host.Tests.Http1;

public sealed class ResponseFieldMemoTests
{
    private readonly ResponseFieldMemo _memo = new();

    [Fact]
    public void Find_SameObjectsTheSecondTime_IsTheirBytes()
    {
        var fields = With(("Content-Type", "text/css"), ("ETag", "\"é\""));
        Assert.Null(Find(fields));
        var known = Find(fields);
        Assert.Equal("Content-Type: text/css\r\nETag: \"é\"\r\n", Encoding.Latin1.GetString(known!.Bytes));
        Assert.Same(known, Find(fields));
        Assert.False(known.HasDate);
        Assert.False(known.HasServer);
    }

    [Fact]
    public void Find_EqualButOtherObjects_IsNothing()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(Find(With(("ETag", new string("\"1\"")))));
        }
    }

    [Theory]
    [InlineData("Content-Type", "text/html")]
    [InlineData("Cache-Control", "text/css")]
    public void Find_OneFieldOther_IsNotTheFirst(string name, string value)
    {
        var first = With(("Content-Type", "text/css"));
        _ = Find(first);
        var known = Find(first);
        var other = With((name, value));
        _ = Find(other);
        Assert.Equal($"{name}: {value}\r\n", Encoding.Latin1.GetString(Find(other)!.Bytes));
        Assert.Same(known, Find(first));
    }

    [Fact]
    public void Find_DateAndServerAmongThem_TellsSo()
    {
        var fields = With(("date", "x"), ("SERVER", "y"));
        _ = Find(fields);
        var known = Find(fields)!;
        Assert.True(known.HasDate);
        Assert.True(known.HasServer);
    }

    [Fact]
    public void Find_SeveralValuesOrVeryLong_IsNothing()
    {
        var several = With(("Set-Cookie", "a=1"));
        several.Append("Set-Cookie", "b=2");
        var lengthy = With(("X", new string('x', 3000)));
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(Find(several));
            Assert.Null(Find(lengthy));
        }
    }

    [Fact]
    public void Find_FarMoreThanItHolds_StaysRight()
    {
        var all = Enumerable.Range(0, 5_000).Select(number => With(("ETag", $"\"{number}\""))).ToArray();
        var found = 0;
        for (var round = 0; round < 4; round++)
        {
            for (var number = 0; number < all.Length; number++)
            {
                for (var again = 0; again < 2; again++)
                {
                    if (Find(all[number]) is { } known)
                    {
                        found++;
                        Assert.Equal($"ETag: \"{number}\"\r\n", Encoding.Latin1.GetString(known.Bytes));
                    }
                }
            }
        }

        Assert.InRange(found, 1_000, 40_000);
    }

    [Fact]
    public void Find_MoreThanAPlaceHoldsInTurns_AllocatesNothingInTheEnd()
    {
        var all = Enumerable.Range(0, 2_000).Select(number => With(("ETag", $"\"{number}\""))).ToArray();
        for (var round = 0; round < 50; round++)
        {
            Ask();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Ask();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Ask()
        {
            foreach (var fields in all)
            {
                _ = Find(fields);
            }
        }
    }

    private static ResponseFields With(params (string Name, string Value)[] fields)
    {
        var result = (ResponseFields)new Http1Response(null!, new Http1Output()).Headers;
        foreach (var (name, value) in fields)
        {
            result[name] = value;
        }

        return result;
    }

    private SerializedFields? Find(ResponseFields fields)
    {
        var length = 0;
        for (var index = 0; index < fields.Count; index++)
        {
            length += fields.Names[index].Length + fields.Values[index].ToString().Length + 4;
        }

        return _memo.Find(fields, length);
    }
}
