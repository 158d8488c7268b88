using System.Globalization;
using Microsoft.Extensions.Options;
using SQLitePCL;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

namespace Webserv.Samples.GuestBook;

/// <summary>A page that visitors sign, kept in a SQLite database. Not marked as never blocking: SQLite waits for the disk.</summary>
public sealed class GuestBookMiddleware : IMiddleware, IAsyncInitializer, IAsyncDisposable
{
    private const string Before = "before=";

    private readonly GuestBookDatabase _database;
    private readonly GuestBookPage _page;
    private readonly FormReader _reader;
    private readonly TimeProvider _time;
    private readonly string _path;
    private readonly int _pageSize;

    /// <summary>Makes the guest book of an entry; <see cref="InitializeAsync"/> opens it.</summary>
    public GuestBookMiddleware(IOptions<GuestBookOptions> options, IPipelineEntry entry, SqliteLibrary library, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(library);
        var value = options.Value;
        _path = entry.ResolvePath(value.Database!);
        _database = new GuestBookDatabase(_path, value.MaxEntries, value.BusyTimeout);
        _page = new GuestBookPage(value.Title, value.MaxMessageLength);
        _reader = new FormReader(value.MaxMessageLength);
        _time = time;
        _pageSize = value.PageSize;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The database cannot be used.</exception>
    public async Task InitializeAsync(CancellationToken cancellation)
    {
        try
        {
            await _database.PrepareAsync(cancellation).ConfigureAwait(false);
        }
        catch (SqliteException exception)
        {
            throw new InvalidOperationException($"Database: {_path}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        try
        {
            switch (context.Request.Method)
            {
                case HttpMethods.Get or HttpMethods.Head:
                    await ShowAsync(context, GuestBookForm.Empty, cancellation).ConfigureAwait(false);
                    break;
                case HttpMethods.Post:
                    await SignAsync(context, cancellation).ConfigureAwait(false);
                    break;
                default:
                    context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post);
                    await next(context, cancellation).ConfigureAwait(false);
                    break;
            }
        }
        catch (SqliteException exception) when (exception.Code is raw.SQLITE_BUSY)
        {
            throw new HttpException(StatusCodes.ServiceUnavailable, exception.Message, exception) { Headers = { [Fields.RetryAfter] = "5" } };
        }
        catch (SqliteException exception) when (exception.Code is raw.SQLITE_FULL)
        {
            throw new HttpException(StatusCodes.InsufficientStorage, exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task SignAsync(IHttpContext context, CancellationToken cancellation)
    {
        var form = await _reader.ReadAsync(context.Request, cancellation).ConfigureAwait(false);
        if (form.Errors.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.UnprocessableContent;
            await ShowAsync(context, form, cancellation).ConfigureAwait(false);
            return;
        }

        await _database.AddAsync(_time.GetUtcNow(), form.Name, form.Message, cancellation).ConfigureAwait(false);

        // What is reloaded then is the page and not the form.
        context.Response.Redirect(UriPath.Encode(context.Request.Path), StatusCodes.SeeOther);
    }

    private async Task ShowAsync(IHttpContext context, GuestBookForm form, CancellationToken cancellation)
    {
        var before = long.MaxValue;
        var query = context.Request.Query;
        if (query.StartsWith(Before, StringComparison.Ordinal)
            && !long.TryParse(query.AsSpan(Before.Length), NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            throw new HttpException(StatusCodes.BadRequest, "before= is no number");
        }

        // One more than are shown tells whether there are older ones.
        var entries = await _database.ReadAsync(before, _pageSize + 1, cancellation).ConfigureAwait(false);
        var shown = entries.Count > _pageSize ? [.. entries.Take(_pageSize)] : entries;
        var fields = context.Response.Headers;
        fields[Fields.ContentSecurityPolicy] = GuestBookPage.Policy;
        fields[Fields.XContentTypeOptions] = "nosniff";
        fields[Fields.CacheControl] = "no-cache";
        await context.Response.WriteTextAsync(
            _page.Render(shown, form, entries.Count > _pageSize ? shown[^1].Id : null), "text/html; charset=utf-8", cancellation).ConfigureAwait(false);
    }
}
