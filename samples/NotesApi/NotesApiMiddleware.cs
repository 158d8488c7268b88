using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Samples.NotesApi;

/// <summary>
/// Notes in memory with a JSON API: GET and POST for the collection, GET, PUT and DELETE for a note below it, with conditions
/// (If-Match, If-None-Match) and problem details (RFC 9457). Everybody who reaches it may do all of that: put an authentication before it.
/// </summary>
public sealed class NotesApiMiddleware(IOptions<NotesApiOptions> options, IPipelineEntry entry, TimeProvider time) : IMiddleware
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";
    private const int PageSize = 50;

    private readonly NoteStore _store = new(options.Value.MaxNotes, time);
    private readonly NoteReader _reader = new(options.Value.MaxBodySize.Bytes, options.Value.MaxTextLength);

    /// <inheritdoc/>
    public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        try
        {
            var path = entry.GetPathBelowMatch(context.Request.Path);
            if (!await (path == "/" ? ServeAllAsync(context, cancellation) : ServeOneAsync(context, ParseId(path), cancellation)).ConfigureAwait(false))
            {
                await next(context, cancellation).ConfigureAwait(false); // 405, or 204 for OPTIONS.
            }
        }
        catch (ProblemException exception)
        {
            context.Response.StatusCode = exception.Status;
            var problem = new Problem(exception.Status, StatusCodes.GetReasonPhrase(exception.Status), exception.Message, exception.Errors);
            await WriteAsync(context.Response, problem, NotesJson.Default.Problem, cancellation, ProblemJson).ConfigureAwait(false);
        }
    }

    /// <returns>False: not with this method.</returns>
    private async Task<bool> ServeAllAsync(IHttpContext context, CancellationToken cancellation)
    {
        switch (context.Request.Method)
        {
            case HttpMethods.Get or HttpMethods.Head:
                await WriteAsync(context.Response, GetPage(context.Request), NotesJson.Default.NotePage, cancellation).ConfigureAwait(false);
                return true;
            case HttpMethods.Post:
                var input = await _reader.ReadAsync(context.Request, cancellation).ConfigureAwait(false);
                var note = _store.Add(input) ?? throw new ProblemException(StatusCodes.InsufficientStorage, "There is no room for another note.");
                context.Response.StatusCode = StatusCodes.Created;
                context.Response.Headers[Fields.Location] = $"{GetCollection(context.Request)}/{note.Id}";
                await WriteAsync(context.Response, note, cancellation).ConfigureAwait(false);
                return true;
            default:
                context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post);
                return false;
        }
    }

    /// <returns>False: not with this method.</returns>
    private async Task<bool> ServeOneAsync(IHttpContext context, long id, CancellationToken cancellation)
    {
        var (request, response) = (context.Request, context.Response);
        bool IsExpected(Note note) => !request.Headers.Contains(Fields.IfMatch) || EntityTags.Name(request.Headers[Fields.IfMatch], note.GetEntityTag(), weakly: false);
        switch (request.Method)
        {
            case HttpMethods.Get or HttpMethods.Head:
                var found = _store.TryGet(id, out var note) ? note : throw NotFound();
                if (EntityTags.Name(request.Headers[Fields.IfNoneMatch], found.GetEntityTag(), weakly: true))
                {
                    response.StatusCode = StatusCodes.NotModified;
                    response.Headers[Fields.ETag] = found.GetEntityTag();
                    return true;
                }

                await WriteAsync(response, found, cancellation).ConfigureAwait(false);
                return true;
            case HttpMethods.Put:
                var input = await _reader.ReadAsync(request, cancellation).ConfigureAwait(false);
                var replaced = _store.Replace(id, input, IsExpected);
                ThrowUnless(replaced.Found, replaced.Done);
                await WriteAsync(response, replaced.Note!, cancellation).ConfigureAwait(false);
                return true;
            case HttpMethods.Delete:
                var removed = _store.Remove(id, IsExpected);
                ThrowUnless(removed.Found, removed.Done);
                response.StatusCode = StatusCodes.NoContent;
                return true;
            default:
                if (!_store.TryGet(id, out _))
                {
                    throw NotFound();
                }

                context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head, HttpMethods.Put, HttpMethods.Delete);
                return false;
        }
    }

    private NotePage GetPage(IHttpRequest request)
    {
        var after = 0L;
        const string parameter = "after=";
        if (request.Query.Length > 0
            && (!request.Query.StartsWith(parameter, StringComparison.Ordinal) || !TryParseNumber(request.Query.AsSpan(parameter.Length), out after)))
        {
            throw new ProblemException(StatusCodes.BadRequest, "The query must be empty, or after= and the number of a note.");
        }

        // One more than are sent tells whether there is another page.
        var notes = _store.GetAfter(after, PageSize + 1);
        return notes.Count <= PageSize
            ? new NotePage(notes, null)
            : new NotePage([.. notes.Take(PageSize)], $"{GetCollection(request)}?{parameter}{notes[PageSize - 1].Id}");
    }

    /// <summary>The path of the collection, as it goes into links.</summary>
    private string GetCollection(IHttpRequest request)
    {
        var below = entry.GetPathBelowMatch(request.Path);
        return UriPath.Encode(request.Path.EndsWith(below, StringComparison.Ordinal) ? request.Path[..^below.Length] : request.Path).TrimEnd('/');
    }

    private static long ParseId(string path) => TryParseNumber(path.AsSpan(1), out var id) ? id : throw NotFound();

    private static bool TryParseNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static void ThrowUnless(bool found, bool done)
    {
        if (!done)
        {
            throw found
                ? new ProblemException(StatusCodes.PreconditionFailed, "The note has changed: get it again and repeat the change.")
                : NotFound();
        }
    }

    private static ProblemException NotFound() => new(StatusCodes.NotFound, "There is no such note.");

    private static Task WriteAsync(IHttpResponse response, Note note, CancellationToken cancellation)
    {
        response.Headers[Fields.ETag] = note.GetEntityTag();
        return WriteAsync(response, note, NotesJson.Default.Note, cancellation);
    }

    /// <summary>Serialized as a whole first: the length is known, and what fails is no half answer.</summary>
    private static async Task WriteAsync<T>(IHttpResponse response, T value, JsonTypeInfo<T> type, CancellationToken cancellation, string contentType = Json)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
        response.Headers[Fields.ContentType] = contentType;
        response.Headers[Fields.CacheControl] = "no-cache";
        response.Headers[Fields.XContentTypeOptions] = "nosniff";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, cancellation).ConfigureAwait(false);
    }
}
