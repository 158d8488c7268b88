using Webserv.Host.Http1;
using static Webserv.Host.Tests.Http1.ParserCase;

namespace Webserv.Host.Tests.Http1;

/// <summary>The tables of the head parser. Limits: <see cref="MaxRequestLine"/>, <see cref="MaxHead"/>, <see cref="MaxFields"/>.</summary>
internal static class ParserCases
{
    public const int MaxRequestLine = 200;
    public const int MaxHead = 1000;
    public const int MaxFields = 10;

    private const string H = "\r\nHost: a\r\n\r\n";

    public static IReadOnlyDictionary<string, ParserCase> All { get; } =
        ((IEnumerable<ParserCase>)[.. RequestLines(), .. Fields(), .. Hosts(), .. Framing(), .. Connections(), .. Limits(), .. Unfinished()])
        .ToDictionary(row => row.Id);

    private static IEnumerable<ParserCase> RequestLines()
    {
        yield return new("get", "GET / HTTP/1.1" + H);
        foreach (var method in new[] { "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "get", "G", "M-SEARCH", "!#$%&'*+-.^_`|~9" })
        {
            yield return new("method " + method, method + " / HTTP/1.1" + H) { Method = method };
        }

        yield return Reject("method TRACE", "TRACE / HTTP/1.1" + H, RequestRejection.MethodNotImplemented);
        yield return Reject("method CONNECT", "CONNECT a:443 HTTP/1.1" + H, RequestRejection.MethodNotImplemented);
        foreach (var method in new[] { "G@T", "GE(T", "G\xC9T", "G\0T", "GE,T", "\"GET\"", "G\tT", "G\rT" })
        {
            yield return Reject("method malformed " + Printable(method), method + " / HTTP/1.1" + H, RequestRejection.MethodMalformed);
        }

        foreach (var target in new[] { "/a", "/a/b?c=d&e", "/%20", "*", "http://b/", "http://b:80?x", "/;p=1", "/~a!$&'()*+,;=:@", "/\"<>\\^`{|}", "x" })
        {
            yield return new("target " + target, "GET " + target + " HTTP/1.1" + H) { Target = target };
        }

        foreach (var target in new[] { "/a#b", "/\xE9", "/\0", "/\x7F", "/\t", "/a\rb", "/\x01", "/\xFF" })
        {
            yield return Reject("target malformed " + Printable(target), "GET " + target + " HTTP/1.1" + H, RequestRejection.TargetMalformed);
        }

        yield return new("version 1.0", "GET / HTTP/1.0\r\n\r\n") { IsHttp11 = false, Host = null };
        yield return new("version 1.0 with Host", "GET / HTTP/1.0" + H) { IsHttp11 = false };
        foreach (var version in new[] { "HTTP/2.0", "HTTP/1.2", "HTTP/3.0", "HTTP/5.6" })
        {
            yield return Reject("version " + version, "GET / " + version + H, RequestRejection.VersionNotSupported);
        }

        foreach (var version in new[] { "http/1.1", "HTTP/0.9", "HTTP/1.1 ", "HTTP/1", "HTTP/11", "HTTP/1.10", "HTTP/1.1x", "HTTP 1.1", " HTTP/1.1", "HTTPS/1.1", "ICE/1.0", "HTTP/a.b", "\tHTTP/1.1", "HTTP/1.1\r" })
        {
            yield return Reject("version malformed " + Printable(version), "GET / " + version + H, RequestRejection.RequestLineMalformed);
        }

        yield return Reject("no version", "GET /" + H, RequestRejection.RequestLineMalformed);
        yield return Reject("method alone", "GET" + H, RequestRejection.RequestLineMalformed);
        yield return Reject("no method", " / HTTP/1.1" + H, RequestRejection.RequestLineMalformed);
        yield return Reject("no target", "GET  HTTP/1.1" + H, RequestRejection.RequestLineMalformed);
        yield return Reject("two spaces before the version", "GET /  HTTP/1.1" + H, RequestRejection.RequestLineMalformed);
        yield return Reject("space in the target", "GET /a b HTTP/1.1" + H, RequestRejection.RequestLineMalformed);
        yield return Reject("tab instead of space", "GET\t/\tHTTP/1.1" + H, RequestRejection.RequestLineMalformed);
        yield return new("one empty line first", "\r\nGET / HTTP/1.1" + H);
        yield return Reject("two empty lines first", "\r\n\r\nGET / HTTP/1.1" + H, RequestRejection.RequestLineMalformed);
        yield return Reject("LF first", "\nGET / HTTP/1.1" + H, RequestRejection.LineFeedWithoutCarriageReturn);
        yield return Reject("CR first", "\rGET / HTTP/1.1" + H, RequestRejection.MethodMalformed);
        yield return Reject("LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", RequestRejection.LineFeedWithoutCarriageReturn);
        yield return Reject("CR behind the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n", RequestRejection.RequestLineMalformed);
        yield return Reject("TLS hello", "\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03\n", RequestRejection.LineFeedWithoutCarriageReturn);
    }

    private static IEnumerable<ParserCase> Fields()
    {
        yield return With("field", "X: 1\r\n") with { Fields = [("X", "1")] };
        yield return With("field without space", "X:1\r\n") with { Fields = [("X", "1")] };
        yield return With("field in white space", "X: \t 1 \t \r\n") with { Fields = [("X", "1")] };
        yield return With("field empty", "X:\r\n") with { Fields = [("X", "")] };
        yield return With("field of white space", "X: \t \r\n") with { Fields = [("X", "")] };
        yield return With("field with colons", "X: a:b::c\r\n") with { Fields = [("X", "a:b::c")] };
        yield return With("field with inner white space", "X: a \tb\r\n") with { Fields = [("X", "a \tb")] };
        yield return With("field with obs-text", "X: \xE9\xFF\x80\r\n") with { Fields = [("X", "\xE9\xFF\x80")] };
        yield return With("field name of all token characters", "!#$%&'*+-.^_`|~0aZ: 1\r\n") with { Fields = [("!#$%&'*+-.^_`|~0aZ", "1")] };
        yield return With("field repeated", "X: 1\r\nx: 2\r\n") with { Fields = [("X", "1"), ("x", "2")] };
        foreach (var character in "(),/;<=>?@[\\]{}\"\x7F\x01\xE9\0")
        {
            yield return RejectWith("field name with " + Printable(character.ToString()), $"X{character}Y: 1\r\n", RequestRejection.FieldNameMalformed);
        }

        foreach (var character in "\0\x01\x08\x0B\x0C\x1B\x7F\r")
        {
            yield return RejectWith("field value with " + Printable(character.ToString()), $"X: a{character}b\r\n", RequestRejection.FieldValueMalformed);
        }

        yield return RejectWith("field name empty", ": 1\r\n", RequestRejection.FieldNameMalformed);
        yield return RejectWith("field without colon", "X\r\n", RequestRejection.FieldNameMalformed);
        yield return RejectWith("space before colon", "X : 1\r\n", RequestRejection.WhitespaceBeforeColon);
        yield return RejectWith("tab before colon", "X\t: 1\r\n", RequestRejection.WhitespaceBeforeColon);
        yield return RejectWith("space in name", "X Y: 1\r\n", RequestRejection.FieldNameMalformed);
        yield return RejectWith("folded by space", "X: 1\r\n 2\r\n", RequestRejection.ObsoleteLineFolding);
        yield return RejectWith("folded by tab", "X: 1\r\n\t2\r\n", RequestRejection.ObsoleteLineFolding);
        yield return Reject("first field folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", RequestRejection.ObsoleteLineFolding);
        yield return RejectWith("line of a space", " \r\n", RequestRejection.ObsoleteLineFolding);
        yield return RejectWith("LF behind a field", "X: 1\n", RequestRejection.LineFeedWithoutCarriageReturn);
        yield return RejectWith("LF within a field", "X: 1\nY: 2\r\n", RequestRejection.LineFeedWithoutCarriageReturn);
        yield return RejectWith("CR within a field", "X: 1\rY: 2\r\n", RequestRejection.FieldValueMalformed);
        yield return RejectWith("CR behind the name", "X\r: 2\r\n", RequestRejection.FieldNameMalformed);
        yield return RejectWith("CR CR LF behind a field", "X: 1\r\r\n", RequestRejection.FieldValueMalformed);
        yield return Reject("LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n", RequestRejection.LineFeedWithoutCarriageReturn);
        yield return Reject("CR and no LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\rGET /b HTTP/1.1\r\n\r\n", RequestRejection.FieldNameMalformed);
    }

    private static IEnumerable<ParserCase> Hosts()
    {
        yield return Reject("Host missing", "GET / HTTP/1.1\r\n\r\n", RequestRejection.HostMissing);
        yield return Reject("Host missing, others there", "GET / HTTP/1.1\r\nX-Host: a\r\nHos: a\r\n\r\n", RequestRejection.HostMissing);
        yield return Reject("Host missing in absolute form", "GET http://a/ HTTP/1.1\r\n\r\n", RequestRejection.HostMissing);
        yield return RejectWith("Host repeated", "Host: a\r\n", RequestRejection.HostRepeated);
        yield return RejectWith("Host repeated in other case", "hOST: b\r\n", RequestRejection.HostRepeated);
        yield return Reject("Host repeated in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", RequestRejection.HostRepeated);
        yield return new("Host empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n") { Host = "" };
        yield return new("Host with port", "GET / HTTP/1.1\r\nHost: a:80\r\n\r\n") { Host = "a:80" };
        yield return new("Host in other case", "GET / HTTP/1.1\r\nhost:a\r\n\r\n");
        yield return new("Host last", "GET / HTTP/1.1\r\nX: 1\r\nHost: a\r\n\r\n");
    }

    private static IEnumerable<ParserCase> Framing()
    {
        foreach (var (text, length) in new[] { ("0", 0L), ("1", 1), ("003", 3), ("9223372036854775807", long.MaxValue) })
        {
            yield return With("Content-Length " + text, $"Content-Length: {text}\r\n") with { ContentLength = length };
        }

        yield return With("Content-Length in other case", "cONTENT-lENGTH:5\r\n") with { ContentLength = 5, Rest = "HELLO" };
        yield return With("Content-Length in white space", "Content-Length: \t5\t \r\n") with { ContentLength = 5 };
        foreach (var text in new[] { "", "+1", "-1", "1a", "0x1", "1 2", "1,1", "1, 1", "1.0", "1e1", "9223372036854775808", "18446744073709551616", "00000000000000000001", "\xB2" })
        {
            yield return RejectWith("Content-Length malformed " + Printable(text), $"Content-Length: {text}\r\n", RequestRejection.ContentLengthMalformed);
        }

        yield return RejectWith("Content-Length repeated", "Content-Length: 1\r\nContent-Length: 1\r\n", RequestRejection.ContentLengthRepeated);
        yield return RejectWith("Content-Length repeated and different", "Content-Length: 1\r\nContent-Length: 2\r\n", RequestRejection.ContentLengthRepeated);
        yield return With("chunked", "Transfer-Encoding: chunked\r\n") with { IsChunked = true, Rest = "0\r\n\r\n" };
        yield return With("chunked in other case", "transfer-encoding:\tCHUNKED \r\n") with { IsChunked = true };
        foreach (var text in new[] { "", "identity", "gzip", "chunked, gzip", "chunkedchunked", "xchunked", "chunked,", "chunked;q=1", "\"chunked\"", "chunked x", "x chunked", "\x0Bchunked" })
        {
            yield return RejectWith(
                "Transfer-Encoding malformed " + Printable(text),
                $"Transfer-Encoding: {text}\r\n",
                text.StartsWith('\x0B') ? RequestRejection.FieldValueMalformed : RequestRejection.TransferEncodingMalformed);
        }

        yield return RejectWith("Transfer-Encoding gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n", RequestRejection.TransferEncodingNotImplemented);
        yield return RejectWith("Transfer-Encoding gzip ,\tchunked", "Transfer-Encoding: gzip ,\tchunked\r\n", RequestRejection.TransferEncodingNotImplemented);
        yield return RejectWith("chunked repeated", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", RequestRejection.TransferEncodingMalformed);
        yield return RejectWith("chunked and then another", "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", RequestRejection.TransferEncodingMalformed);
        yield return RejectWith("length, then chunked", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", RequestRejection.ContentLengthWithTransferEncoding);
        yield return RejectWith("chunked, then length", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", RequestRejection.ContentLengthWithTransferEncoding);
        yield return Reject("chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", RequestRejection.TransferEncodingInHttp10);
        yield return With("Expect", "Expect: 100-continue\r\n") with { ExpectsContinue = true };
        yield return With("Expect in other case", "eXPECT: 100-Continue\r\n") with { ExpectsContinue = true };
        yield return RejectWith("Expect something else", "Expect: 200-ok\r\n", RequestRejection.ExpectationUnknown);
        yield return With("Expect nothing", "Expect:\r\n");
        yield return With("Expect empty elements", "Expect: ,\t, ,\r\n");
        yield return With("Expect in a list", "Expect: ,100-continue ,\t, 100-Continue\r\n") with { ExpectsContinue = true };
        yield return With("Expect in two lines", "Expect: 100-continue\r\nExpect:\r\n") with { ExpectsContinue = true };
        yield return RejectWith("Expect something else in a list", "Expect: 100-continue, 100-continue=x\r\n", RequestRejection.ExpectationUnknown);
        yield return RejectWith("Expect something else in another line", "Expect: 100-continue\r\nExpect: x\r\n", RequestRejection.ExpectationUnknown);
        yield return RejectWith("Expect without commas", "Expect: 100-continue 100-continue\r\n", RequestRejection.ExpectationUnknown);
    }

    private static IEnumerable<ParserCase> Connections()
    {
        foreach (var (value, options) in new[]
        {
            ("close", ConnectionOptions.Close), ("Close", ConnectionOptions.Close), ("keep-alive", ConnectionOptions.KeepAlive),
            ("Upgrade", ConnectionOptions.Upgrade), ("close, keep-alive", ConnectionOptions.Close | ConnectionOptions.KeepAlive),
            (" , close ,, ", ConnectionOptions.Close), ("keep-alive,Upgrade", ConnectionOptions.KeepAlive | ConnectionOptions.Upgrade),
            ("closed", ConnectionOptions.None), ("not-close", ConnectionOptions.None), ("", ConnectionOptions.None), ("TE", ConnectionOptions.None),
            ("\tclose\t", ConnectionOptions.Close), ("close x", ConnectionOptions.None),
        })
        {
            yield return With("Connection " + Printable(value), $"Connection: {value}\r\n") with { Connection = options };
        }

        yield return With("Connection in two lines", "Connection: x\r\nConnection: close\r\n") with { Connection = ConnectionOptions.Close };
        yield return With("Proxy-Connection means nothing", "Proxy-Connection: close\r\n");
    }

    private static IEnumerable<ParserCase> Limits()
    {
        const int Around = 15; // "GET / HTTP/1.1" and one more for the slash that the target begins with.
        var longest = "/" + new string('x', MaxRequestLine - Around + 1);
        yield return new("longest request line", "GET " + longest + " HTTP/1.1" + H) { Target = longest };
        yield return Reject("request line too long", "GET " + longest + "x HTTP/1.1" + H, RequestRejection.TargetTooLong);
        yield return Reject("request line without end", "GET /" + new string('x', MaxRequestLine), RequestRejection.TargetTooLong);
        yield return Reject("request line longer than the head", "GET /" + new string('x', MaxHead) + " HTTP/1.1" + H, RequestRejection.TargetTooLong);
        yield return Reject("request line longer than the head without end", "GET /" + new string('x', MaxHead), RequestRejection.TargetTooLong);
        yield return Reject("method longer than the head", new string('G', MaxHead) + " / HTTP/1.1" + H, RequestRejection.TargetTooLong);
        var frame = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n".Length;
        yield return With("largest head", "X: " + new string('x', MaxHead - frame) + "\r\n");
        yield return RejectWith("head too large by one", "X: " + new string('x', MaxHead - frame + 1) + "\r\n", RequestRejection.HeadTooLarge);
        yield return RejectWith("head much too large", "X: " + new string('x', MaxHead * 2) + "\r\n", RequestRejection.HeadTooLarge);
        yield return Reject("head too large without end", "GET / HTTP/1.1\r\nX: " + new string('x', MaxHead), RequestRejection.HeadTooLarge);
        yield return With("most fields", string.Concat(Enumerable.Repeat("X: 1\r\n", MaxFields - 1)));
        yield return RejectWith("one field too many", string.Concat(Enumerable.Repeat("X: 1\r\n", MaxFields)), RequestRejection.TooManyFields);
    }

    private static IEnumerable<ParserCase> Unfinished()
    {
        foreach (var raw in new[] { "\r", "\r\n", "G", "GET ", "GET / HTTP/1.1", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r" })
        {
            yield return new("unfinished " + Printable(raw), raw) { Status = ParseStatus.NeedMore };
        }
    }

    private static string Printable(string text) =>
        string.Concat(text.Select(character => character is > ' ' and < '\x7F' or ' ' ? character.ToString() : $"<{(int)character:X2}>"));
}
