using System.Net.Http.Headers;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>
/// Puts the script behind an answer that is a page. Behind its end, so that nothing of it need be looked at, held back or counted: files
/// go on being sent as files, and what is streamed is streamed. Browsers take a script there into the body (HTML, "after after body").
/// </summary>
internal sealed class PageAnswer
{
    // What describes the bytes as they were, and is wrong for others.
    private static readonly string[] FieldsOfContent =
        [Fields.ETag, Fields.LastModified, Fields.AcceptRanges, Fields.Expires, "Content-MD5", "Digest", "Content-Digest", "Repr-Digest"];

    private readonly IHttpResponse _response;
    private readonly ReadOnlyMemory<byte> _script;
    private bool _isDecided;
    private bool _isTaken;

    /// <param name="response">A response that has not started.</param>
    /// <param name="script">What goes behind it.</param>
    public PageAnswer(IHttpResponse response, ReadOnlyMemory<byte> script)
    {
        (_response, _script) = (response, script);

        // Registered before all others and so run after them: by then the fields are there.
        response.OnStarting(() =>
        {
            Decide();
            return Task.CompletedTask;
        });
    }

    /// <summary>Why the answer is left as it is although it is a page; <see langword="null"/> otherwise.</summary>
    public string? LeftAloneBecause { get; private set; }

    /// <summary>Writes the script, where the answer takes it. Those behind are done.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        Decide();
        if (_isTaken)
        {
            await _response.Body.WriteAsync(_script, cancellation).ConfigureAwait(false);
        }
        else if (!_response.HasStarted && _response.StatusCode >= 400 && !_response.Headers.Contains(Fields.ContentType))
        {
            // The server makes the page, which nobody here gets hold of.
            _response.Headers[ErrorPages.Refresh] = ErrorPages.RefreshValue;
        }
    }

    /// <summary>Leaves what comes alone: those behind threw, and the page that answers is not theirs.</summary>
    public void Abandon() => _isDecided = true;

    private void Decide()
    {
        if (_isDecided)
        {
            return;
        }

        _isDecided = true;
        if (!MediaTypeHeaderValue.TryParse(_response.Headers[Fields.ContentType], out var type)
            || !"text/html".Equals(type.MediaType, StringComparison.OrdinalIgnoreCase)
            || _response.StatusCode is StatusCodes.NoContent or StatusCodes.ResetContent or (>= 300 and < 400))
        {
            return;
        }

        LeftAloneBecause = FindObstacle(type);
        if (LeftAloneBecause is not null)
        {
            return;
        }

        _isTaken = true;
        foreach (var name in FieldsOfContent)
        {
            _response.Headers[name] = default;
        }

        // It names what it was made by: a page that comes out of a cache would be loaded again at once.
        _response.Headers[Fields.CacheControl] = "no-store";
        _response.Headers[ErrorPages.Refresh] = default;
        if (_response.ContentLength is { } length)
        {
            _response.ContentLength = length + _script.Length;
        }
    }

    private string? FindObstacle(MediaTypeHeaderValue type)
    {
        var encoding = _response.Headers[Fields.ContentEncoding].ToString();
        return _response.StatusCode is StatusCodes.PartialContent ? "it is a part of something"
            : encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? $"its Content-Encoding is {encoding}"
            : type.CharSet?.Trim('"') is { } charset && charset.StartsWith("utf-", StringComparison.OrdinalIgnoreCase)
                && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? $"its charset is {charset}"
            : _response.Headers[Fields.CacheControl].ToString().Contains("no-transform", StringComparison.OrdinalIgnoreCase) ? "its Cache-Control is no-transform"
            : _response.Headers[Fields.ContentDisposition].ToString().StartsWith("attachment", StringComparison.OrdinalIgnoreCase) ? "it is to be saved"
            : null;
    }
}
