using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>Stores the files of a form in the directory that the path names: all of them, or none.</summary>
internal sealed class PostHandler(UploadsOptions options, UploadDirectory directory, FileNames names, FileStore store)
{
    // Two names that differ in case only are one file on the usual file systems of these.
    private static readonly StringComparer SameName =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private readonly long _maxFileSize = options.MaxFileSize > 0 ? options.MaxFileSize : long.MaxValue;
    private readonly long _maxTotalSize = options.MaxTotalSize > 0 ? options.MaxTotalSize : long.MaxValue;

    public async Task HandleAsync(IHttpContext context, CancellationToken cancellation)
    {
        var request = context.Request;
        var form = MultipartFiles.Open(request);
        var path = directory.GetNames(request);
        var parts = path[^1].Length == 0 ? path[..^1] : path;
        using var found = directory.Find(parts);
        if (found is null && !options.CreateDirectories)
        {
            throw new HttpException(StatusCodes.NotFound, "The directory does not exist.");
        }

        MadeDirectory? made = null;
        var received = new List<(TemporaryFile File, string Name)>();
        try
        {
            await ReceiveAsync(form, Target, Begin, received, cancellation).ConfigureAwait(false);
            var target = Target()!;
            var stored = StoreAll(received, target);
            made?.Keep();
            store.Confirm(target);
            await UploadAnswer.WriteAsync(context, stored, options.RedirectTo, cancellation).ConfigureAwait(false);
        }
        finally
        {
            foreach (var (file, _) in received)
            {
                file.Dispose();
            }

            made?.Dispose();
        }

        HeldDirectory? Target() => made?.Directory ?? found;

        TemporaryFile Begin()
        {
            // Directories are made for the first file, and not for a form that has none.
            if (made is not null || !options.CreateDirectories)
            {
                return TemporaryFile.Create(Target()!, store.Logger);
            }

            made = directory.Make(parts, out var first);
            return first;
        }
    }

    private async Task ReceiveAsync(
        MultipartFiles form,
        Func<HeldDirectory?> target,
        Func<TemporaryFile> begin,
        List<(TemporaryFile File, string Name)> received,
        CancellationToken cancellation)
    {
        var total = 0L;
        while (await form.MoveToNextFileAsync(cancellation).ConfigureAwait(false) is { } clientName)
        {
            var name = names.FromClient(clientName)
                ?? throw new HttpException(StatusCodes.BadRequest, $"'{clientName}' is no name for a file.");
            if (received.Count == options.MaxFiles)
            {
                throw new HttpException(StatusCodes.ContentTooLarge, $"The form has more than {options.MaxFiles} files.");
            }

            store.ThrowIfRefused(target(), name);
            var file = begin();
            received.Add((file, name));
            await store.WriteAsync(form.ReadAsync, file, Math.Min(_maxFileSize, _maxTotalSize - total), cancellation).ConfigureAwait(false);
            total += file.Length;
        }

        if (received.Count == 0)
        {
            throw new HttpException(StatusCodes.BadRequest, "The form has no file.");
        }
    }

    private List<StoredFile> StoreAll(List<(TemporaryFile File, string Name)> received, HeldDirectory target)
    {
        var stored = new List<StoredFile>(received.Count);
        var taken = new HashSet<string>(SameName);
        try
        {
            foreach (var (file, name) in received)
            {
                // Phones give all their photos one name: a file of the form never takes the place of another.
                stored.Add(store.Store(file, target, name, isTwin: taken.Contains(name)));
                taken.Add(stored[^1].Name);
            }
        }
        catch
        {
            // What took the place of another file can not be taken back; what is new can.
            foreach (var file in stored.Where(file => file.IsNew))
            {
                store.TakeBack(target, file);
            }

            throw;
        }

        return stored;
    }
}
