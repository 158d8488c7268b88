using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Samples.GuestBook;

/// <summary>Reads the form from the body of a request.</summary>
internal sealed class FormReader(int maxMessageLength)
{
    /// <summary>The longest name in characters.</summary>
    public const int MaxNameLength = 80;

    // One UTF-16 unit is at most three bytes, each as %XX; beyond that, the names of fields and some that a browser may add.
    private readonly int _maxBodySize = (9 * (MaxNameLength + maxMessageLength)) + 1024;
    private readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="HttpException">415, 413, 403 for a form of another site, 400 for what is no UTF-8.</exception>
    public async Task<GuestBookForm> ReadAsync(IHttpRequest request, CancellationToken cancellation)
    {
        ThrowIfForeign(request);
        if (!MediaTypeHeaderValue.TryParse(request.Headers[Fields.ContentType], out var type)
            || !"application/x-www-form-urlencoded".Equals(type.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            throw new HttpException(StatusCodes.UnsupportedMediaType, "no form");
        }

        request.MaxBodySize = Math.Min(request.MaxBodySize ?? _maxBodySize, _maxBodySize);
        var body = new MemoryStream();
        await using (body.ConfigureAwait(false))
        {
            await request.Body.CopyToAsync(body, cancellation).ConfigureAwait(false);
            var (name, message) = ("", "");
            foreach (var field in Decode(body.GetBuffer().AsSpan(0, (int)body.Length)))
            {
                (name, message) = field.Name switch { "name" => (field.Value, message), "message" => (name, field.Value), _ => (name, message) };
            }

            return Check(name.Trim(), message.ReplaceLineEndings("\n").Trim());
        }
    }

    /// <summary>A page of another site must not write in the name of its visitors.</summary>
    private static void ThrowIfForeign(IHttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var isOwn = site.Length > 0
            ? site is "same-origin" or "none"
            : !request.Headers.Contains(Fields.Origin)
                || (Uri.TryCreate(request.Headers[Fields.Origin], UriKind.Absolute, out var origin)
                    && Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var own)
                    && origin.Authority.Equals(own.Authority, StringComparison.OrdinalIgnoreCase));
        if (!isOwn)
        {
            throw new HttpException(StatusCodes.Forbidden, "a form of another site");
        }
    }

    private List<(string Name, string Value)> Decode(ReadOnlySpan<byte> body)
    {
        var fields = new List<(string Name, string Value)>();
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            var equals = pair.IndexOf((byte)'=');
            if (equals > 0)
            {
                fields.Add((Decode(pair[..equals].ToArray()), Decode(pair[(equals + 1)..].ToArray())));
            }
        }

        return fields;
    }

    private string Decode(byte[] encoded)
    {
        try
        {
            return _strict.GetString(WebUtility.UrlDecodeToBytes(encoded, 0, encoded.Length) ?? []);
        }
        catch (DecoderFallbackException exception)
        {
            throw new HttpException(StatusCodes.BadRequest, "the form is not in UTF-8", exception);
        }
    }

    private GuestBookForm Check(string name, string message)
    {
        var errors = new List<string>();
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
        {
            errors.Add($"The name must have 1 to {MaxNameLength} characters.");
        }

        if (message.Length == 0 || message.Length > maxMessageLength || message.Any(c => char.IsControl(c) && c is not ('\n' or '\t')))
        {
            errors.Add($"The message must have 1 to {maxMessageLength} characters.");
        }

        return new GuestBookForm(name, message, errors);
    }
}
