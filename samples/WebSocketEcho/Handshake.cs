using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Samples.WebSocketEcho;

/// <summary>The server's side of the opening handshake (RFC 6455 section 4.2).</summary>
internal static class Handshake
{
    public const string Protocol = "websocket";
    private const string Version = "13";
    private const string Suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const int KeyLength = 16;

    /// <summary>Checks what the client asks and gives the value of Sec-WebSocket-Accept.</summary>
    /// <exception cref="HttpException">403 for an origin that is not allowed, 426 for another version, 400 for what is none of it.</exception>
    public static string Accept(IHttpRequest request, IReadOnlyCollection<string>? origins)
    {
        if (request.Headers["Origin"] is [{ } origin, ..] && origins is { Count: > 0 } && !origins.Contains(origin, StringComparer.OrdinalIgnoreCase))
        {
            throw new HttpException(StatusCodes.Forbidden, $"pages of {origin} may not connect");
        }

        if (request.Headers["Sec-WebSocket-Version"] != Version)
        {
            throw new HttpException(StatusCodes.UpgradeRequired, "another version of WebSocket")
            {
                Headers = { [Fields.Upgrade] = Protocol, ["Sec-WebSocket-Version"] = Version },
            };
        }

        var key = request.Headers["Sec-WebSocket-Key"].ToString();
        Span<byte> nonce = stackalloc byte[KeyLength];
        if (!Convert.TryFromBase64String(key, nonce, out var length) || length != KeyLength)
        {
            throw new HttpException(StatusCodes.BadRequest, "Sec-WebSocket-Key is not the base64 of 16 bytes");
        }

        return Digest(key);
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 says so; it proves that the server knows the protocol, and nothing else.")]
    private static string Digest(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Suffix)));
}
