using System.Text;
using Webserv.Host.Http1;

namespace Webserv.Fuzzing.Targets.Http1;

/// <summary>A parsed head as text, to compare and to write again.</summary>
internal static class HeadText
{
    /// <summary>All that was made of a head except where it stands.</summary>
    public static string Describe(Http1Parser parser, ParseStatus status, ReadOnlySpan<byte> bytes)
    {
        if (status != ParseStatus.Complete)
        {
            return $"{status} {parser.Rejection}";
        }

        var head = parser.Head;
        var text = new StringBuilder($"{status} {head.Method} {Text(bytes, head.TargetStart, head.TargetLength)} {head.IsHttp11} host {head.HostLine} ")
            .Append($"length {head.ContentLength} chunked {head.IsChunked} connection {head.Connection} expect {head.ExpectsContinue}");
        foreach (var line in head.Lines)
        {
            text.Append($"\n{Text(bytes, line.NameStart, line.NameLength)}={Text(bytes, line.ValueStart, line.ValueLength)}");
        }

        return text.ToString();
    }

    /// <summary>Writes a head in the plainest of its forms.</summary>
    public static byte[] Serialise(Http1RequestHead head, ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder($"{head.Method} {Text(bytes, head.TargetStart, head.TargetLength)} HTTP/1.{(head.IsHttp11 ? 1 : 0)}\r\n");
        foreach (var line in head.Lines)
        {
            text.Append($"{Text(bytes, line.NameStart, line.NameLength)}: {Text(bytes, line.ValueStart, line.ValueLength)}\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    private static string Text(ReadOnlySpan<byte> bytes, int start, int length) => Encoding.Latin1.GetString(bytes.Slice(start, length));
}
