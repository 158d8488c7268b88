using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Representations;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Answers GET and HEAD with a file that was found: coding, conditions, ranges, fields, content.</summary>
/// <param name="options">The entry's options.</param>
/// <param name="root">Where the files are.</param>
/// <param name="negotiator">Chooses the coding.</param>
/// <param name="compression">Codes what is chosen and not there; <see langword="null"/> where that is never so.</param>
/// <param name="time">The clock.</param>
internal sealed class FileResponder(
    StaticFilesOptions options, IDocumentRoot root, Negotiator negotiator, FileCompression? compression, TimeProvider time)
{
    private readonly ContentTypes _contentTypes = new(options);
    private readonly RangeResponder _ranges = new(options.MaxRanges);
    private readonly CachePolicy _caching = new(options, root, time);
    private readonly KeyValuePair<string, StringValues>[] _extraFields = options.GetExtraFields();
    private readonly string? _extraVary = options.GetExtraVary();

    /// <summary>Answers with a file.</summary>
    /// <param name="context">A request whose method is GET or HEAD.</param>
    /// <param name="file">An entry whose kind is <see cref="FileKind.File"/>.</param>
    /// <param name="conditions">The fields that say under which conditions which parts of it are asked for.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    public Task RespondAsync(IHttpContext context, IFileEntry file, IHeaderCollection conditions, CancellationToken cancellation)
    {
        var contentType = _contentTypes.FindType(file.PhysicalPath);
        var chosen = negotiator.Choose(context.Request, file, contentType);
        return chosen.File is null
            ? Task.FromException(Refusal.Create(StatusCodes.NotAcceptable, varies: true))
            : RespondAsync(context, conditions, file, contentType.Value, chosen.File, chosen, cancellation);
    }

    private Task RespondAsync(
        IHttpContext context,
        IHeaderCollection fields,
        IFileEntry original,
        string contentType,
        IFileEntry file,
        in Representation chosen,
        CancellationToken cancellation)
    {
        var precondition = Preconditions.Evaluate(fields, file, time);
        if (precondition == Precondition.Failed)
        {
            return Task.FromException(Refusal.Create(StatusCodes.PreconditionFailed, chosen.Varies));
        }

        var response = context.Response;
        var answer = response.Headers;
        if (precondition == Precondition.NotModified)
        {
            response.StatusCode = StatusCodes.NotModified;
            SetFields(answer, original, file, chosen.Varies);
            return Task.CompletedTask;
        }

        if (file is CodedFile coded)
        {
            return SendCodedAsync(context, fields, original, contentType, coded, chosen, cancellation);
        }

        SetFieldsOfContent(answer, original, file, contentType, chosen);
        answer[Fields.AcceptRanges] = _ranges.AcceptRanges;

        // Range has a meaning for GET only (RFC 9110 section 14.2).
        return fields.Contains(Fields.Range) && context.Request.Method == HttpMethods.Get && Preconditions.AllowRange(fields, file, time)
            ? _ranges.RespondAsync(context, fields[Fields.Range], file, contentType, chosen.Varies, cancellation)
            : response.SendFileAsync(file, 0, file.Length, cancellation);
    }

    private Task SendCodedAsync(
        IHttpContext context,
        IHeaderCollection fields,
        IFileEntry original,
        string contentType,
        CodedFile coded,
        in Representation chosen,
        CancellationToken cancellation)
    {
        var response = context.Response;
        if (coded.Content is not { } content)
        {
            if (context.Request.Method != HttpMethods.Head)
            {
                return CompressAsync(context, fields, original, contentType, coded, chosen, cancellation);
            }

            // What it would be is known, but for its length, which HEAD may leave out (RFC 9110 section 9.3.2).
            SetFieldsOfContent(response.Headers, original, coded, contentType, chosen);
            return Task.CompletedTask;
        }

        SetFieldsOfContent(response.Headers, original, coded, contentType, chosen);
        response.ContentLength = content.Length;
        var write = response.Body.WriteAsync(content.Bytes, cancellation);
        return write.IsCompletedSuccessfully ? Task.CompletedTask : HoldAsync(content, write);
    }

    // The cache may let go of it while a slow client takes it.
    private static async Task HoldAsync(CodedContent content, ValueTask write)
    {
        content.Enter();
        try
        {
            await write.ConfigureAwait(false);
        }
        finally
        {
            content.Leave();
        }
    }

    private async Task CompressAsync(
        IHttpContext context,
        IHeaderCollection fields,
        IFileEntry original,
        string contentType,
        CodedFile coded,
        Representation chosen,
        CancellationToken cancellation)
    {
        using var reader = await compression!.OpenAsync(original, coded, !chosen.AllowsIdentity, cancellation).ConfigureAwait(false);
        var chunk = reader is null ? default : await reader.ReadAsync(cancellation).ConfigureAwait(false);
        if (chosen.AllowsIdentity && (chunk.IsEmpty || reader!.Content?.Length >= original.Length))
        {
            // Too much is being compressed already, the file could not be, or it does not become smaller.
            reader?.Dispose();
            var identity = Representation.Identity(original, varies: true);
            await RespondAsync(context, fields, original, contentType, original, identity, cancellation).ConfigureAwait(false);
            return;
        }

        if (chunk.IsEmpty)
        {
            throw new HttpException(StatusCodes.ServiceUnavailable, $"{original.PhysicalPath} could not be compressed");
        }

        var response = context.Response;
        SetFieldsOfContent(response.Headers, original, coded, contentType, chosen);
        if (reader!.Content is { } content)
        {
            response.ContentLength = content.Length;
            await response.Body.WriteAsync(content.Bytes, cancellation).ConfigureAwait(false);
            return;
        }

        do
        {
            await response.Body.WriteAsync(chunk, cancellation).ConfigureAwait(false);
            await response.Body.FlushAsync(cancellation).ConfigureAwait(false);
            chunk = await reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        while (!chunk.IsEmpty);

        if (reader.Content is null)
        {
            // The client must not take what it got for all of it: the connection is cut.
            throw new IOException($"{original.PhysicalPath} could not be compressed to its end.");
        }
    }

    private void SetFieldsOfContent(IHeaderCollection answer, IFileEntry original, IFileEntry file, string contentType, in Representation chosen)
    {
        if (contentType.Length > 0)
        {
            answer[Fields.ContentType] = contentType;
        }

        if (chosen.Coding is { } coding)
        {
            answer[Fields.ContentEncoding] = coding.Name;
        }

        SetFields(answer, original, file, chosen.Varies);
    }

    private void SetFields(IHeaderCollection answer, IFileEntry original, IFileEntry file, bool varies)
    {
        answer[Fields.LastModified] = file.LastModifiedField;
        answer[Fields.ETag] = file.EntityTag;
        _caching.Apply(answer, original);
        foreach (var (name, value) in _extraFields)
        {
            answer[name] = value;
        }

        if (_extraVary is not null)
        {
            // Others have said already what it varies by.
            answer.Append(Fields.Vary, _extraVary);
        }

        if (varies)
        {
            answer.Append(Fields.Vary, Fields.AcceptEncoding);
        }
    }
}
