using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Representations;

/// <summary>Several parts of a file as one body: multipart/byteranges (RFC 9110 section 14.6).</summary>
internal sealed class MultipartRanges
{
    // 128 bits, anew for every answer: nobody can have put the line into the file, and no need to look whether it is there.
    private const int BoundaryLength = 32;

    private readonly IFileEntry _file;
    private readonly ByteRange[] _ranges;
    private readonly string _contentType;
    private readonly string _boundary = RandomNumberGenerator.GetHexString(BoundaryLength, lowercase: true);

    /// <summary>Prepares a body.</summary>
    /// <param name="file">The file.</param>
    /// <param name="ranges">Its parts, in order.</param>
    /// <param name="contentType">The media type of the file; empty for none.</param>
    public MultipartRanges(IFileEntry file, ByteRange[] ranges, string contentType)
    {
        (_file, _ranges, _contentType) = (file, ranges, contentType);
        Length = End.Length;
        foreach (var range in ranges)
        {
            Length += Head(range).Length + range.Count;
        }
    }

    /// <summary>The media type of the body.</summary>
    public string ContentType => $"multipart/byteranges; boundary={_boundary}";

    /// <summary>The length of the body in bytes.</summary>
    public long Length { get; }

    private string End => $"\r\n--{_boundary}--\r\n";

    /// <summary>Sends the body. The parts are sent as any part of a file is; only the lines between them pass through memory.</summary>
    public async Task SendAsync(IHttpResponse response, CancellationToken cancellation)
    {
        foreach (var range in _ranges)
        {
            await response.Body.WriteAsync(Encoding.Latin1.GetBytes(Head(range)), cancellation).ConfigureAwait(false);
            await response.SendFileAsync(_file, range.Offset, range.Count, cancellation).ConfigureAwait(false);
        }

        await response.Body.WriteAsync(Encoding.Latin1.GetBytes(End), cancellation).ConfigureAwait(false);
    }

    // The line end before a boundary belongs to it (RFC 2046 section 5.1.1), and may stand before the first one too.
    private string Head(ByteRange range) => string.Create(
        CultureInfo.InvariantCulture,
        $"\r\n--{_boundary}\r\n{(_contentType.Length > 0 ? "Content-Type: " : "")}{_contentType}{(_contentType.Length > 0 ? "\r\n" : "")}Content-Range: bytes {range.Offset}-{range.Last}/{_file.Length}\r\n\r\n");
}
