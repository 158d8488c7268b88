using System.Text;
using Webserv.Host.Http1;

namespace Webserv.Host.Tests.Http1;

/// <summary>Every row of the tables: whole, cut at every byte, byte by byte, and behind another request.</summary>
public sealed class Http1ParserTests
{
    public static TheoryData<string> Ids => [.. ParserCases.All.Keys];

    [Fact]
    public void Tables_AreLargeEnough() => Assert.True(ParserCases.All.Count >= 120, $"{ParserCases.All.Count} rows");

    [Theory]
    [MemberData(nameof(Ids))]
    public void TryParse_Whole_IsAsInTheTable(string id)
    {
        var row = ParserCases.All[id];
        var bytes = Encoding.Latin1.GetBytes(row.Raw + row.Rest);
        var parser = Create();
        Check(row, parser, parser.TryParse(bytes), bytes);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void TryParse_CutAtEveryByte_IsTheSame(string id)
    {
        var row = ParserCases.All[id];
        var bytes = Encoding.Latin1.GetBytes(row.Raw);
        var parser = Create();
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            parser.Reset();
            var status = parser.TryParse(bytes.AsSpan(0, cut));
            Assert.NotEqual(ParseStatus.Complete, status);
            if (status == ParseStatus.NeedMore)
            {
                status = parser.TryParse(bytes);
            }

            Check(row, parser, status, bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void TryParse_ByteByByte_IsTheSame(string id)
    {
        var row = ParserCases.All[id];
        var bytes = Encoding.Latin1.GetBytes(row.Raw);
        var parser = Create();
        var status = ParseStatus.NeedMore;
        for (var count = 1; count <= bytes.Length && status == ParseStatus.NeedMore; count++)
        {
            status = parser.TryParse(bytes.AsSpan(0, count));
        }

        Check(row, parser, status, bytes);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void TryParse_BehindAnotherRequest_IsTheSame(string id)
    {
        const string First = "POST /first?x HTTP/1.1\r\nHost: first\r\nConnection: close\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n";
        var row = ParserCases.All[id];
        var bytes = Encoding.Latin1.GetBytes(First + row.Raw + row.Rest);
        var parser = Create();
        Assert.Equal(ParseStatus.Complete, parser.TryParse(bytes));
        Assert.Equal(First.Length, parser.Head.Length);
        parser.Reset();
        var second = bytes.AsSpan(First.Length);
        Check(row, parser, parser.TryParse(second), second);
    }

    [Fact]
    public void Reset_AfterARejection_ParsesAnew()
    {
        var parser = Create();
        Assert.Equal(ParseStatus.Rejected, parser.TryParse("GET\r\n"u8));
        parser.Reset();
        Assert.Equal(RequestRejection.None, parser.Rejection);
        Assert.Equal(ParseStatus.Complete, parser.TryParse("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8));
    }

    [Fact]
    public void GetStatusCode_EveryRejection_HasAStatusAndWords()
    {
        foreach (var rejection in Enum.GetValues<RequestRejection>().Where(value => value != RequestRejection.None))
        {
            Assert.InRange(rejection.GetStatusCode(), 400, 505);
            Assert.NotEqual("", rejection.GetReason());
        }
    }

    private static Http1Parser Create() => new(ParserCases.MaxRequestLine, ParserCases.MaxHead, ParserCases.MaxFields);

    private static void Check(ParserCase row, Http1Parser parser, ParseStatus status, ReadOnlySpan<byte> bytes)
    {
        Assert.Equal((row.Status, row.Rejection), (status, parser.Rejection));
        if (status != ParseStatus.Complete)
        {
            return;
        }

        var head = parser.Head;
        Assert.Equal(row.Method, head.Method);
        Assert.Equal(row.Target, Text(bytes, head.TargetStart, head.TargetLength));
        Assert.Equal(row.IsHttp11, head.IsHttp11);
        Assert.Equal(row.Host, head.HostLine < 0 ? null : Text(bytes, head.Lines[head.HostLine].ValueStart, head.Lines[head.HostLine].ValueLength));
        Assert.Equal(row.ContentLength, head.ContentLength);
        Assert.Equal(row.IsChunked, head.IsChunked);
        Assert.Equal(row.Connection, head.Connection);
        Assert.Equal(row.ExpectsContinue, head.ExpectsContinue);
        Assert.Equal(row.Raw.Length, head.Length);
        if (row.Fields is { } expected)
        {
            var fields = new List<(string, string)>();
            for (var index = 0; index < head.LineCount; index++)
            {
                var line = head.Lines[index];
                if (index != head.HostLine)
                {
                    fields.Add((Text(bytes, line.NameStart, line.NameLength), Text(bytes, line.ValueStart, line.ValueLength)));
                }
            }

            Assert.Equal(expected, fields);
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes, int start, int length) => Encoding.Latin1.GetString(bytes.Slice(start, length));
}
