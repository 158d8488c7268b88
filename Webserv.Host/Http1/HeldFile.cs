using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Http;
using Webserv.Host.Files;

namespace Webserv.Host.Http1;

/// <summary>
/// The file of which parts are sent for one request: its descriptor stays open until the request ends, so that a file that is
/// replaced between two parts is still sent to its end, and no part is from another version of it.
/// </summary>
internal struct HeldFile
{
    private CachedFile? _file;
    private SafeFileHandle? _handle;

    /// <summary>Borrows the descriptor for a part; followed by one <see cref="SafeHandle.DangerousRelease"/> of it.</summary>
    /// <exception cref="HttpException">503: this version of the file can no longer be had.</exception>
    public SafeFileHandle Borrow(CachedFile file)
    {
        if (!ReferenceEquals(file, _file))
        {
            Release();
            _handle = Rent(file);
            _file = file;
        }

        var added = false;
        _handle!.DangerousAddRef(ref added);
        return _handle;
    }

    /// <summary>Lets go of it. Whoever has borrowed it still can use it.</summary>
    public void Release()
    {
        if (_file is { } file)
        {
            file.Return(_handle!);
            (_file, _handle) = (null, null);
        }
    }

    /// <summary>Borrows the descriptor of a file; followed by one <see cref="CachedFile.Return"/>.</summary>
    /// <exception cref="HttpException">503: this version of the file can no longer be had.</exception>
    public static SafeFileHandle Rent(CachedFile file) =>
        file.TryRent(out var handle)
            ? handle
            : throw new HttpException(StatusCodes.ServiceUnavailable, $"{file.PhysicalPath} changed while it was about to be sent");
}
