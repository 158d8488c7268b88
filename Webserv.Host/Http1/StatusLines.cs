using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>Status lines (RFC 9112 section 4), made once.</summary>
internal static class StatusLines
{
    private static readonly byte[][] Lines = [.. Enumerable.Range(100, 500).Select(Make)];

    /// <summary>The status line of a code from 100 to 599, with its line end.</summary>
    public static ReadOnlySpan<byte> Get(int statusCode) => Lines[statusCode - 100];

    private static byte[] Make(int statusCode) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {statusCode} {StatusCodes.GetReasonPhrase(statusCode)}\r\n");
}
