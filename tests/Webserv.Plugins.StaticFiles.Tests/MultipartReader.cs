using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>Reads multipart/byteranges as a strict client does (RFC 9110 section 14.6, RFC 2046 section 5.1).</summary>
internal static partial class MultipartReader
{
    /// <summary>A part.</summary>
    internal sealed record Part(string? ContentType, long First, long Last, long Length, byte[] Content);

    /// <summary>Reads a body to its end.</summary>
    public static IReadOnlyList<Part> Read(string contentType, byte[] body)
    {
        var boundary = MediaType().Match(contentType);
        Assert.True(boundary.Success, contentType);
        var delimiter = "\r\n--" + boundary.Groups[1].Value;
        var text = Encoding.Latin1.GetString(body);
        var parts = new List<Part>();
        var at = 0;
        while (true)
        {
            Assert.StartsWith(delimiter, text[at..], StringComparison.Ordinal);
            at += delimiter.Length;
            if (text[at..] == "--\r\n")
            {
                return parts;
            }

            var head = Head().Match(text, at);
            Assert.True(head.Success && head.Index == at, text[at..]);
            at += head.Length;
            var (first, last, length) = (Number(head.Groups[2]), Number(head.Groups[3]), Number(head.Groups[4]));
            var count = (int)(last - first + 1);
            parts.Add(new Part(head.Groups[1].Success ? head.Groups[1].Value : null, first, last, length, body[at..(at + count)]));
            at += count;
        }
    }

    private static long Number(Group digits) => long.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("""\Amultipart/byteranges; boundary=([0-9a-f]{32})\z""")]
    private static partial Regex MediaType();

    [GeneratedRegex("""\r\n(?:Content-Type: ([^\r\n]+)\r\n)?Content-Range: bytes ([0-9]+)-([0-9]+)/([0-9]+)\r\n\r\n""")]
    private static partial Regex Head();
}
