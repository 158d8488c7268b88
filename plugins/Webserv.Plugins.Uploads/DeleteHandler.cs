using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>Removes the file that a path names (RFC 9110 section 9.3.5); a directory is refused with 409, empty or not.</summary>
internal sealed class DeleteHandler(UploadDirectory directory, FileNames names, FileStore store, Preconditions preconditions)
{
    public void Handle(IHttpContext context)
    {
        var path = directory.GetNames(context.Request);
        var name = path[^1];
        using var parent = path.All(names.IsValid) ? directory.Find(path.AsSpan(..^1)) : null;
        if (parent is null)
        {
            // What could not be uploaded is not here, whatever there is on the disk; except the directory itself.
            throw new HttpException(name.Length == 0 && path[..^1].All(names.IsValid) ? StatusCodes.Conflict : StatusCodes.NotFound);
        }

        var file = new FileInfo(parent.Reach(name));
        if (!file.Exists && file.LinkTarget is null)
        {
            throw new HttpException(Directory.Exists(file.FullName) ? StatusCodes.Conflict : StatusCodes.NotFound);
        }

        if (!names.HasAllowedExtension(name))
        {
            throw new HttpException(StatusCodes.Forbidden, $"'{name}' has an extension that is not allowed.");
        }

        try
        {
            store.Remove(parent, name, () => preconditions.ThrowIfFailed(context.Request, parent, name));
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }

        context.Response.StatusCode = StatusCodes.NoContent;
    }
}
