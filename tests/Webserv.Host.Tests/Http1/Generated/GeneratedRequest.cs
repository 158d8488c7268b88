namespace Webserv.Host.Tests.Http1.Generated;

/// <summary>A valid request as what it means, apart from how it is spelt.</summary>
/// <param name="Method">A token.</param>
/// <param name="Target">In one of its forms.</param>
/// <param name="IsHttp11">Or 1.0.</param>
/// <param name="Host">The Host field; <see langword="null"/> for none.</param>
/// <param name="Fields">Further fields that mean nothing to the server, in order.</param>
/// <param name="Body">Its body; <see langword="null"/> where it is not framed at all.</param>
/// <param name="IsChunked">Whether the body is framed by the chunked coding, not by its length.</param>
internal sealed record GeneratedRequest(
    string Method, string Target, bool IsHttp11, string? Host, (string Name, string Value)[] Fields, byte[]? Body, bool IsChunked);
