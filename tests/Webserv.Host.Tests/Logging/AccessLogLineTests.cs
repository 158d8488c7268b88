using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Logging;

namespace Webserv.Host.Tests.Logging;

/// <summary>What lines look like, and that no client can make them look otherwise.</summary>
public sealed partial class AccessLogLineTests
{
    private const string Time = "26/Nov/2026:11:15:23 +0130";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\"GET / HTTP/1.1\" 200 612 \"-\" \"-\"")]
    [InlineData("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\"GET / HTTP/1.1\" 200 612 \"-\" \"-\"")]
    [InlineData("GET /a?b=\"c\\d HTTP/1.0\r\n\r\n", "\"GET /a?b=\\x22c\\x5Cd HTTP/1.0\" 200 612 \"-\" \"-\"")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nrEfErEr: http://b/\r\nUSER-AGENT: curl/7\r\n\r\n", "\"GET / HTTP/1.1\" 200 612 \"http://b/\" \"curl/7\"")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent:\r\n\r\n", "\"GET / HTTP/1.1\" 200 612 \"-\" \"\"")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x\" 200 5\r\n\r\n", "\"GET / HTTP/1.1\" 200 612 \"-\" \"x\\x22 200 5\"")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: a\tb\u00FC\u009B\u00FF\r\n\r\n", "\"GET / HTTP/1.1\" 200 612 \"-\" \"a\\x09b\\xFC\\x9B\\xFF\"")]
    [InlineData("\u0016\u0003\u0001\u007F\r\n\r\n", "\"\\x16\\x03\\x01\\x7F\" 200 612 \"-\" \"-\"")]
    [InlineData("no line end\u001B[2J", "\"no line end\\x1B[2J\" 200 612 \"-\" \"-\"")]
    [InlineData("GET / HTTP/9.9\nX: y\n\n", "\"GET / HTTP/9.9\" 200 612 \"-\" \"-\"")]
    [InlineData("", "\"-\" 200 612 \"-\" \"-\"")]
    [InlineData("\r\n", "\"-\" 200 612 \"-\" \"-\"")]
    public void Write_Combined_IsAsNginxWrites(string request, string expected)
    {
        Assert.Equal($"192.0.2.7 - - [{Time}] {expected}\n", Format(AccessLogFormat.Combined, request));
        var quoted = Regex.Match(expected, "^\"[^\"]*\" 200 612").Value;
        Assert.Equal($"192.0.2.7 - - [{Time}] {quoted}\n", Format(AccessLogFormat.Common, request));
    }

    [Theory]
    [InlineData(null, "-")]
    [InlineData("", "-")]
    [InlineData("anna", "anna")]
    [InlineData("anna [x] \"y\"\n", "anna\\x20[x]\\x20\\x22y\\x22\\x0A")]
    [InlineData(" \u00FC\U0001F600", "\\x20\\xC3\\xBC\\xF0\\x9F\\x98\\x80")]
    public void Write_User_IsOneField(string? user, string expected) =>
        Assert.StartsWith($"192.0.2.7 - {expected} [{Time}] ", Format(AccessLogFormat.Common, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", user), StringComparison.Ordinal);

    [Fact]
    public void Write_Json_IsAnObject()
    {
        const string Request = "GET /a\"b HTTP/1.1\r\nHost: h\r\nReferer: r\\\r\nUser-Agent: \u00C3\u00BC\u00FF\u00C2\u009B\t\u00E2\u0080\u00A8x\r\n\r\n";
        Assert.Equal(
            "{\"time\":\"2026-11-26T11:15:23+01:30\",\"server\":\"m\\\"n\",\"id\":\"1f-3\",\"client\":\"192.0.2.7\",\"user\":\"an\u00E4\",\"method\":\"GET\","
            + "\"target\":\"/a\\\"b\",\"protocol\":\"HTTP/1.1\",\"host\":\"h\",\"referer\":\"r\\\\\",\"userAgent\":\"\u00FC\uFFFD\\u009B\\u0009\\u2028x\","
            + "\"status\":200,\"bytes\":612,\"duration\":3.000123,\"aborted\":false}\n",
            Encoding.UTF8.GetString(Bytes(AccessLogFormat.Json, Request, "an\u00E4")));
        Assert.Contains(
            "\"client\":\"192.0.2.7\",\"request\":\"\\u0016x\",\"status\":", Format(AccessLogFormat.Json, "\u0016x"), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FieldsTooLong_AreCut()
    {
        var request = $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: a\r\nUser-Agent: {new string('\u00FF', 20_000)}\r\n\r\n";
        var line = Format(AccessLogFormat.Combined, request);
        var match = CombinedLine().Match(line);
        Assert.True(match.Success, line);
        Assert.Equal((8195, 4095), (match.Groups["request"].Length, match.Groups["agent"].Length));
        Assert.EndsWith("a...\" 200 612 \"-\" \"", line[..match.Groups["agent"].Index], StringComparison.Ordinal);
        Assert.EndsWith("\\xFF...\"\n", line, StringComparison.Ordinal);
        Assert.True(Format(AccessLogFormat.Json, request, new string('\u0001', 10_000)).Length < AccessLogLine.MaxLength);
    }

    [Fact]
    public void Write_NoRoom_SaysSoAtAnyLength()
    {
        const string Request = "GET /a\"b HTTP/1.1\r\nHost: h\r\nReferer: r\\\r\nUser-Agent: \u00C3\u00BC\u00FF\r\n\r\n";
        foreach (var format in Enum.GetValues<AccessLogFormat>())
        {
            var whole = Bytes(format, Request, "a b");
            for (var room = 0; room < whole.Length; room++)
            {
                Assert.Null(TryBytes(format, Request, "a b", room));
            }

            Assert.Equal(whole, TryBytes(format, Request, "a b", whole.Length));
        }
    }

    [Fact]
    public void Write_AnyOctets_OneLineThatReadsBack() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Byte.Array[0, 200], Gen.String[0, 60]).Sample((line, agent, user) =>
        {
            byte[] request = [.. line, .. "\r\nUser-Agent: "u8, .. agent];
            var head = new Http1RequestHead();
            head.Add(new FieldLine(line.Length + 2, 10, line.Length + 14, agent.Length));
            var text = Encoding.Latin1.GetString(TryBytes(AccessLogFormat.Combined, request, head, user, 64 * 1024)!);
            Assert.DoesNotContain(text[..^1], octet => octet is < ' ' or > '~');
            Assert.Equal('\n', text[^1]);
            var match = CombinedLine().Match(text);
            Assert.True(match.Success, text);
            Assert.Equal(agent, Unescape(match.Groups["agent"].Value));
            Assert.Equal(user.Length == 0 ? "-" : WithoutLoneSurrogates(user), Encoding.UTF8.GetString(Unescape(match.Groups["user"].Value)));

            var json = TryBytes(AccessLogFormat.Json, request, head, user, 64 * 1024)!;
            Assert.DoesNotContain(json[..^1], octet => octet is < 0x20 or 0x7F);
            using var document = JsonDocument.Parse(json);
            Assert.Equal(Encoding.UTF8.GetString(agent), document.RootElement.GetProperty("userAgent").GetString());
        }, iter: 2_000);

    private static string WithoutLoneSurrogates(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static byte[] Unescape(string text) =>
        Encoding.Latin1.GetBytes(Regex.Replace(text, @"\\x([0-9A-F]{2})", match => ((char)Convert.ToByte(match.Groups[1].Value, 16)).ToString()));

    private static string Format(AccessLogFormat format, string request, string? user = null) => Encoding.Latin1.GetString(Bytes(format, request, user));

    private static byte[] Bytes(AccessLogFormat format, string request, string? user) => TryBytes(format, request, user, 64 * 1024)!;

    private static byte[]? TryBytes(AccessLogFormat format, string request, string? user, int room)
    {
        var parser = new Http1Parser(1 << 20, 1 << 20, 100);
        var bytes = Encoding.Latin1.GetBytes(request);
        parser.TryParse(bytes);
        return TryBytes(format, bytes, parser.Head, user, room);
    }

    private static byte[]? TryBytes(AccessLogFormat format, byte[] request, Http1RequestHead head, string? user, int room)
    {
        var time = LogTime.Stamp.Of(0, new DateTimeOffset(2026, 11, 26, 11, 15, 23, new TimeSpan(1, 30, 0)));
        var target = new byte[room];
        var writer = new LogLineWriter(target);
        var entry = new AccessLogEntry
        {
            Bytes = request,
            Head = head,
            ConnectionId = 31,
            Lane = 0,
            RequestNumber = 3,
            Client = "192.0.2.7"u8,
            User = user,
            Status = 200,
            BodyBytes = 612,
            Duration = TimeSpan.FromMicroseconds(3_000_123),
            Milliseconds = 0,
        };
        AccessLogLine.Write(ref writer, format, entry, time, "m\"n"u8);
        return writer.IsFull ? null : target[..writer.Count];
    }

    [GeneratedRegex("^192\\.0\\.2\\.7 - (?<user>[^ ]+) \\[[^]]+\\] \"(?<request>[^\"]*)\" 200 612 \"-\" \"(?<agent>[^\"]*)\"\n$")]
    private static partial Regex CombinedLine();
}
