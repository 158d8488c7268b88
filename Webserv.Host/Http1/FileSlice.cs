using Microsoft.Win32.SafeHandles;
using Webserv.Host.Files;

namespace Webserv.Host.Http1;

/// <summary>What of a file is to be sent, and the descriptor that it is sent from.</summary>
/// <param name="File">The file.</param>
/// <param name="Handle">The borrowed descriptor; <see langword="null"/> where the content is in memory.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Count">How many.</param>
internal readonly record struct FileSlice(CachedFile File, SafeFileHandle? Handle, long Offset, long Count)
{
    private bool IsWhole => Count == File.Length;

    /// <summary>Borrows what is needed: a part from what the request holds, so that its other parts are of the same version.</summary>
    public static FileSlice Borrow(CachedFile file, long offset, long count, ref HeldFile held) =>
        new(file, file.Content is not null ? null : count == file.Length ? HeldFile.Rent(file) : held.Borrow(file), offset, count);

    /// <summary>Gives it back.</summary>
    public void Return()
    {
        if (Handle is null)
        {
            return;
        }

        if (IsWhole)
        {
            File.Return(Handle);
        }
        else
        {
            Handle.DangerousRelease();
        }
    }
}
