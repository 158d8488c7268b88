using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>Stores a body under the path of the request (RFC 9110 section 9.3.4).</summary>
internal sealed class PutHandler(UploadsOptions options, UploadDirectory directory, FileNames names, FileStore store, Preconditions preconditions)
{
    private readonly long _maxFileSize = options.MaxFileSize > 0 ? options.MaxFileSize : long.MaxValue;

    public async Task HandleAsync(IHttpContext context, CancellationToken cancellation)
    {
        var request = context.Request;
        var path = directory.GetNames(request);
        var name = path[^1];

        // All that can be refused is refused before the body is read: a client that waits for 100 Continue never sends it.
        if (name.Length == 0)
        {
            throw new HttpException(StatusCodes.Conflict, "A PUT names a file, not a directory.");
        }

        if (!names.IsValid(name))
        {
            throw new HttpException(StatusCodes.BadRequest, $"'{name}' is no name for a file.");
        }

        if (request.Headers.Contains(Fields.ContentRange))
        {
            throw new HttpException(StatusCodes.BadRequest, "A part of a file can not be stored (RFC 9110 section 14.5).");
        }

        if (request.ContentLength > _maxFileSize)
        {
            throw new HttpException(StatusCodes.ContentTooLarge, $"The file is over the limit of {_maxFileSize} bytes.");
        }

        using var existing = directory.Find(path.AsSpan(..^1));
        if (existing is null && !options.CreateDirectories)
        {
            throw new HttpException(StatusCodes.Conflict, "The directory does not exist.");
        }

        // Before the rule for conflicts, which is a condition of the server's own: a client that states one is told of that one.
        ThrowIfConditionFailed(existing);
        store.ThrowIfRefused(existing, name);
        TemporaryFile? first = null;
        using var made = options.CreateDirectories ? directory.Make(path[..^1], out first) : null;
        var parent = made?.Directory ?? existing!;

        using var file = first ?? TemporaryFile.Create(parent, store.Logger);
        await store.WriteAsync(request.Body.ReadAsync, file, _maxFileSize, cancellation).ConfigureAwait(false);
        var stored = store.Store(
            file, parent, name, () => ThrowIfConditionFailed(parent), Preconditions.OnlyCreates(request));
        made?.Keep();
        store.Confirm(parent);

        var response = context.Response;
        response.Headers[Fields.Location] = UriPath.Encode(request.Path[..(request.Path.LastIndexOf('/') + 1)] + stored.Name);
        response.StatusCode = stored.IsNew ? StatusCodes.Created : StatusCodes.NoContent;
        response.ContentLength = stored.IsNew ? 0 : null;

        void ThrowIfConditionFailed(HeldDirectory? parent)
        {
            preconditions.ThrowIfFailed(request, parent, name);
            if (options.Conflict == ConflictPolicy.Rename && Preconditions.MeansWhatIsThere(request) && parent?.Has(name) == true)
            {
                throw new HttpException(StatusCodes.Conflict, $"'{name}' is meant by a condition, and Conflict: Rename replaces nothing.");
            }
        }
    }
}
