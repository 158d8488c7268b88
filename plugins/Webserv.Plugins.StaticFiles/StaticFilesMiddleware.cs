using System.Globalization;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// Answers GET and HEAD with the files below the entry's root, with conditional requests and ranges. A path without a file, and
/// any other method, goes on to the next entry.
/// </summary>
[NonBlocking(ReleasesContext = true)]
internal sealed class StaticFilesMiddleware : IMiddleware
{
    private readonly IDocumentRoot _root;
    private readonly TimeProvider _time;
    private readonly ContentTypes _contentTypes;
    private readonly string[] _index;
    private readonly KeyValuePair<string, StringValues>[] _extraFields;

    /// <summary>Opens the entry's root.</summary>
    /// <exception cref="InvalidOperationException">The entry has no root.</exception>
    public StaticFilesMiddleware(
        IOptions<StaticFilesOptions> options, IPipelineEntry entry, IOpenFileCache files, TimeProvider time)
    {
        var settings = options.Value;
        _root = files.OpenRoot(
            entry, new DocumentRootOptions { ServeDotFiles = settings.ServeDotFiles, SymbolicLinks = settings.SymbolicLinks });
        _time = time;
        _contentTypes = new ContentTypes(settings);
        _index = [.. settings.GetIndex()];
        _extraFields = [.. settings.GetExtraFields()];
    }

    /// <inheritdoc />
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var request = context.Request;
        var file = _root.Find(request.Path);
        var isFolder = file.Kind == FileKind.Directory && !request.Path.EndsWith('/');
        if (file.Kind == FileKind.Directory && !isFolder)
        {
            file = FindIndex(file);
        }

        return file.Kind switch
        {
            FileKind.Forbidden => Task.FromException(new HttpException(StatusCodes.Forbidden, $"{file.PhysicalPath} may not be read")),
            FileKind.File when HttpMethods.IsGetOrHead(request.Method) => ServeAsync(context, file, cancellation),
            _ when isFolder && HttpMethods.IsGetOrHead(request.Method) => RedirectToDirectory(context),
            _ when isFolder || file.Kind == FileKind.File => PassOn(context, next, cancellation),
            _ => next(context, cancellation),
        };
    }

    private static Task RedirectToDirectory(IHttpContext context)
    {
        context.Response.Redirect(DirectoryLocation.Create(context.Request), StatusCodes.MovedPermanently);
        return Task.CompletedTask;
    }

    /// <summary>Somebody behind may know what to do with the method; if nobody does, the answer tells what would have been done here.</summary>
    private static Task PassOn(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head);
        return next(context, cancellation);
    }

    private IFileEntry FindIndex(IFileEntry directory)
    {
        foreach (var name in _index)
        {
            var file = _root.FindIn(directory, name);
            if (file.Kind is FileKind.File or FileKind.Forbidden)
            {
                return file;
            }
        }

        return directory;
    }

    private Task ServeAsync(IHttpContext context, IFileEntry file, CancellationToken cancellation)
    {
        var fields = context.Request.Headers;
        var precondition = Preconditions.Evaluate(fields, file, _time);
        if (precondition == Precondition.Failed)
        {
            return Task.FromException(new HttpException(StatusCodes.PreconditionFailed));
        }

        var response = context.Response;
        var answer = response.Headers;
        if (precondition == Precondition.NotModified)
        {
            response.StatusCode = StatusCodes.NotModified;
            SetFields(answer, file);
            return Task.CompletedTask;
        }

        var offset = 0L;
        var count = file.Length;

        // Range has a meaning for GET only (RFC 9110 section 14.2).
        var range = fields[Fields.Range];
        if (range.Count > 0 && context.Request.Method == HttpMethods.Get && Preconditions.AllowRange(fields, file, _time))
        {
            switch (ByteRange.Evaluate(range, file.Length, out var part))
            {
                case RangeOutcome.NotSatisfiable:
                    return RefuseRange(file.Length);
                case RangeOutcome.Part:
                    offset = part.Offset;
                    count = part.Count;
                    response.StatusCode = StatusCodes.PartialContent;
                    answer[Fields.ContentRange] = string.Create(
                        CultureInfo.InvariantCulture, $"bytes {offset}-{offset + count - 1}/{file.Length}");
                    break;
                case RangeOutcome.Whole:
                default:
                    break;
            }
        }

        var contentType = _contentTypes.Find(file.PhysicalPath);
        if (contentType.Length > 0)
        {
            answer[Fields.ContentType] = contentType;
        }

        SetFields(answer, file);
        answer[Fields.AcceptRanges] = "bytes";
        return response.SendFileAsync(file, offset, count, cancellation);
    }

    private static Task RefuseRange(long length)
    {
        var refusal = new HttpException(StatusCodes.RangeNotSatisfiable);
        refusal.Headers[Fields.ContentRange] = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
        return Task.FromException(refusal);
    }

    private void SetFields(IHeaderCollection answer, IFileEntry file)
    {
        answer[Fields.LastModified] = file.LastModifiedField;
        answer[Fields.ETag] = file.EntityTag;
        foreach (var (name, value) in _extraFields)
        {
            answer[name] = value;
        }
    }
}
