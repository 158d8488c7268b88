using System.Text;
using Webserv.Gateway.Exchange;

namespace Webserv.Plugins.Cgi.Tests;

public sealed class CgiResponseHeadTests
{
    [Theory]
    [InlineData("A: b\n\n", 200, "A=b")]
    [InlineData("A: b\r\n\r\n", 200, "A=b")]
    [InlineData("A: b\r\nB: c\n\r\n", 200, "A=b|B=c")]
    [InlineData("A:b\n\n", 200, "A=b")]
    [InlineData("A: \t b c \t\n\n", 200, "A=b c")]
    [InlineData("A:\n\n", 200, "A=")]
    [InlineData("A: b:c\n\n", 200, "A=b:c")]
    [InlineData("Content-Type: text/html\n\n", 200, "Content-Type=text/html")]
    [InlineData("Status: 404 Not Found\n\n", 404, "")]
    [InlineData("status: 404\n\n", 404, "")]
    [InlineData("Status: 204 \n\n", 204, "")]
    [InlineData("STATUS:599 x\n\n", 599, "")]
    [InlineData("Status: 404\nStatus: 404 x\n\n", 404, "")]
    [InlineData("Location: http://h/x\n\n", 302, "Location=http://h/x")]
    [InlineData("Location: http://h/x\nStatus: 301\n\n", 301, "Location=http://h/x")]
    [InlineData("Location: relative\n\n", 302, "Location=relative")]
    [InlineData("Location: //h/x\n\n", 302, "Location=//h/x")]
    [InlineData("Location:\nA: b\n\n", 200, "A=b")]
    [InlineData("Set-Cookie: a\nSet-Cookie: b\n\n", 200, "Set-Cookie=a|Set-Cookie=b")]
    [InlineData("Connection: close\nKeep-Alive: x\nTransfer-Encoding: chunked\nUpgrade: x\nTrailer: x\nTE: x\nProxy-Connection: x\nDate: x\nServer: x\nA: b\n\n", 200, "A=b")]
    [InlineData("Status: 426\nUpgrade: websocket\nA: b\n\n", 426, "Upgrade=websocket|A=b")]
    [InlineData("Upgrade: websocket\nA: b\nupgrade: x/2\nConnection: upgrade\nStatus: 426 Upgrade Required\n\n", 426, "Upgrade=websocket|A=b|upgrade=x/2")]
    [InlineData("Upgrade: websocket\nA: b\nStatus: 400\n\n", 400, "A=b")]
    [InlineData("X-CGI-Foo: x\nA: b\n\n", 200, "A=b")]
    [InlineData("A: \u00fc\n\n", 200, "A=\u00fc")]
    [InlineData("Content-Length: 12\nA: b\n\n", 200, "A=b")]
    [InlineData("Content-Range: bytes 0-1/2\nStatus: 206\n\n", 206, "Content-Range=bytes 0-1/2")]
    public void Parse_Block_GivesStatusAndFields(string block, int status, string fields)
    {
        var head = CgiResponseHead.Parse(Encoding.Latin1.GetBytes(block));
        Assert.Equal((status, fields), (head.EffectiveStatus, string.Join('|', head.Lines.Select(static line => $"{line.Key}={line.Value}"))));
        Assert.False(head.IsLocalRedirect);
    }

    [Theory]
    [InlineData("Location: /x\n\n", true)]
    [InlineData("Location: /x?y\nContent-Type: text/html\n\n", true)]
    [InlineData("Location: /x\nStatus: 303 See Other\n\n", false)]
    [InlineData("Location: //h/x\n\n", false)]
    [InlineData("Location: /x#y\n\n", false)]
    [InlineData("Location: x\n\n", false)]
    [InlineData("Location: http://h/\n\n", false)]
    public void IsLocalRedirect_Location_IsAnAbsolutePathWithoutStatus(string block, bool expected) =>
        Assert.Equal(expected, CgiResponseHead.Parse(Encoding.Latin1.GetBytes(block)).IsLocalRedirect);

    [Theory]
    [InlineData("\n", "empty")]
    [InlineData("\r\n", "empty")]
    [InlineData("hello\n\n", "not \"Name: value\": \"hello\"")]
    [InlineData(": x\n\n", "not \"Name: value\"")]
    [InlineData("A : x\n\n", "not \"Name: value\"")]
    [InlineData("A b: x\n\n", "not \"Name: value\"")]
    [InlineData("A: b\n continued\n\n", "not \"Name: value\"")]
    [InlineData("\u00fc: x\n\n", "not \"Name: value\"")]
    [InlineData("<html>: x\n\n", "not \"Name: value\"")]
    [InlineData("A: b\rc\n\n", "control character")]
    [InlineData("A: b\0c\n\n", "control character")]
    [InlineData("A: b\u001bc\n\n", "control character")]
    [InlineData("A: b\u007fc\n\n", "control character")]
    [InlineData("Status: x\n\n", "Status is none")]
    [InlineData("Status:\n\n", "Status is none")]
    [InlineData("Status: 100\n\n", "Status is none")]
    [InlineData("Status: 600\n\n", "Status is none")]
    [InlineData("Status: 2000\n\n", "Status is none")]
    [InlineData("Status: +20\n\n", "Status is none")]
    [InlineData("Status: 200\nStatus: 404\n\n", "Status is repeated")]
    [InlineData("Location: /a\nLocation: /b\n\n", "Location is repeated")]
    [InlineData("Content-Type: a/b\nContent-Type: c/d\n\n", "Content-Type is repeated")]
    [InlineData("Content-Length: 1\nContent-Length: 2\n\n", "Content-Length is repeated")]
    [InlineData("Content-Length: -1\n\n", "Content-Length is no number")]
    [InlineData("Content-Length: 1x\n\n", "Content-Length is no number")]
    [InlineData("Content-Length:\n\n", "Content-Length is no number")]
    [InlineData("Content-Length: 99999999999999999999\n\n", "Content-Length is no number")]
    public void Parse_NoBlock_SaysWhy(string block, string reason)
    {
        var exception = Assert.Throws<CgiResponseException>(() => CgiResponseHead.Parse(Encoding.Latin1.GetBytes(block)));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", 200, "A=b", null, false)]
    [InlineData("HTTP/1.0 404 Not Found\nA: b\n\n", 404, "A=b", null, false)]
    [InlineData("HTTP/1.1 204\r\n\r\n", 204, "", null, false)]
    [InlineData("HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\n", 200, "", 3L, false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 3\r\n\r\n", 200, "", null, true)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", 302, "Location=/x", null, false)]
    [InlineData("HTTP/1.1 200 OK\r\nDate: x\r\nServer: y\r\nStatus: 404\r\nX-CGI-A: z\r\n\r\n", 200, "Date=x|Server=y|Status=404|X-CGI-A=z", null, false)]
    [InlineData("HTTP/1.1 200 OK\r\nX-Hop: 1\r\nConnection: close, X-HOP\r\nKeep-Alive: x\r\nUpgrade: h2c\r\nA: b\r\n\r\n", 200, "A=b", null, false)]
    [InlineData("HTTP/1.1 426 Upgrade Required\r\nX-Hop: 1\r\nConnection: Upgrade, X-Hop\r\nUpgrade: websocket\r\nA: b\r\n\r\n", 426, "Upgrade=websocket|A=b", null, false)]
    public void ParseHttp_Head_GivesStatusFieldsAndFraming(string block, int status, string fields, long? length, bool isChunked)
    {
        var head = CgiResponseHead.ParseHttp(Encoding.Latin1.GetBytes(block));
        Assert.Equal((status, fields), (head.EffectiveStatus, string.Join('|', head.Lines.Select(static line => $"{line.Key}={line.Value}"))));
        Assert.Equal((length, isChunked, false), (head.ContentLength, head.IsChunked, head.IsLocalRedirect));
    }

    [Theory]
    [InlineData("A: b\n\n", "does not begin with the status line of HTTP/1.0 or 1.1: \"A: b\"")]
    [InlineData("\n", "does not begin with the status line")]
    [InlineData("HTTP/2 200\r\n\r\n", "does not begin with the status line")]
    [InlineData("HTTP/1.2 200 OK\r\n\r\n", "does not begin with the status line")]
    [InlineData("http/1.1 200 OK\r\n\r\n", "does not begin with the status line")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "the status line is none between 200 and 599")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", "the status line is none between 200 and 599")]
    [InlineData("HTTP/1.1 OK\r\n\r\n", "the status line is none between 200 and 599")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", "the status line is none between 200 and 599")]
    [InlineData("HTTP/1.1 200 OK\r\nbroken\r\n\r\n", "not \"Name: value\"")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "a transfer coding that is none: gzip")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "a transfer coding that is none: gzip, chunked")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "a transfer coding that is none")]
    public void ParseHttp_NoHead_SaysWhy(string block, string reason)
    {
        var exception = Assert.Throws<CgiResponseException>(() => CgiResponseHead.ParseHttp(Encoding.Latin1.GetBytes(block)));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A: b\n\nbody\n\n", 6)]
    [InlineData("A: b\r\n\r\nbody", 8)]
    [InlineData("A: b\n\r\nbody", 7)]
    [InlineData("\nbody", 1)]
    public void FindEnd_CutAtEveryByte_FindsTheSameEnd(string data, int end)
    {
        var bytes = Encoding.Latin1.GetBytes(data);
        var lineStart = 0;
        for (var length = 0; length <= bytes.Length; length++)
        {
            var found = CgiResponseHead.FindEnd(bytes.AsSpan(0, length), ref lineStart);
            Assert.Equal(length < end ? -1 : end, found);
            if (found >= 0)
            {
                return;
            }
        }

        Assert.Fail("not found");
    }
}
