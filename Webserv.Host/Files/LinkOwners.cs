using System.Runtime.InteropServices;
using Webserv.Abstractions.Files;

namespace Webserv.Host.Files;

/// <summary>
/// Resolves a path as the kernel does, and follows a symbolic link only to what has its owner. Every name is opened once, with
/// O_PATH, and examined on that descriptor, the link itself as well as what it leads to: whatever is swapped meanwhile, what
/// was compared is what is served. The root itself may be any link.
/// </summary>
internal static unsafe class LinkOwners
{
    private const int LookFlags = LinuxCalls.OpenPath | LinuxCalls.OpenCloseOnExec;

    // Those of the kernel: links on one way, and bytes of a path.
    private const int MostLinks = 40;
    private const int LongestPath = 4096;

    /// <summary>Resolves a path.</summary>
    /// <param name="root">A descriptor of the directory to begin in; it stays open.</param>
    /// <param name="path">A path below it, without a slash at its beginning and without <c>..</c>.</param>
    /// <param name="refusal">What to answer where the result is negative.</param>
    /// <returns>A descriptor of what the path names, opened with O_PATH; negative where there is none.</returns>
    public static int Resolve(int root, ReadOnlySpan<byte> path, out FileLookup refusal)
    {
        var links = 0;
        return Walk(root, path, ref links, out refusal);
    }

    private static int Walk(int start, ReadOnlySpan<byte> path, ref int links, out FileLookup refusal)
    {
        refusal = FileLookup.Missing;
        var directory = start;
        while (true)
        {
            var slash = path.IndexOf((byte)'/');
            var name = slash < 0 ? path : path[..slash];

            // Between and behind slashes: the directory itself, and ENOTDIR for a file.
            var next = Step(directory, name.IsEmpty ? "."u8 : name, ref links, out refusal);
            if (directory != start)
            {
                LinuxFileSystem.Close(directory);
            }

            if (next < 0 || slash < 0)
            {
                return next;
            }

            directory = next;
            path = path[(slash + 1)..];
        }
    }

    private static int Step(int directory, ReadOnlySpan<byte> name, ref int links, out FileLookup refusal)
    {
        var descriptor = Open(directory, name, LinuxCalls.OpenNoFollow, out refusal);
        if (descriptor < 0)
        {
            return -1;
        }

        if (!LinuxFileSystem.TryExamine(descriptor, out var link, out var error))
        {
            refusal = LinuxFileSystem.Translate(error);
        }
        else if (!link.IsSymbolicLink)
        {
            return descriptor;
        }
        else if (++links > MostLinks)
        {
            refusal = FileLookup.Missing;
        }
        else
        {
            var target = Follow(directory, descriptor, ref links, out refusal);
            LinuxFileSystem.Close(descriptor);
            return target < 0 || HasOwner(target, link.Owner, out refusal) ? target : Drop(target);
        }

        return Drop(descriptor);
    }

    // The text is read from the link that was examined, not from its name.
    private static int Follow(int directory, int link, ref int links, out FileLookup refusal)
    {
        var buffer = new byte[LongestPath];
        byte nothing = 0;
        nint length;
        fixed (byte* start = buffer)
        {
            length = LinuxCalls.ReadLinkAt(link, &nothing, start, buffer.Length);
        }

        if (length <= 0 || length >= buffer.Length)
        {
            refusal = FileLookup.Missing;
            return -1;
        }

        ReadOnlySpan<byte> text = buffer.AsSpan(0, (int)length);
        if (text[0] != (byte)'/')
        {
            return Walk(directory, text, ref links, out refusal);
        }

        var top = Open(LinuxCalls.AtCurrentDirectory, "/"u8, 0, out refusal);
        if (top < 0)
        {
            return -1;
        }

        text = text.TrimStart((byte)'/');
        var target = Walk(top, text, ref links, out refusal);
        LinuxFileSystem.Close(top);
        return target;
    }

    private static bool HasOwner(int descriptor, uint owner, out FileLookup refusal)
    {
        var isKnown = LinuxFileSystem.TryExamine(descriptor, out var target, out var error);
        refusal = isKnown ? FileLookup.Forbidden : LinuxFileSystem.Translate(error);
        return isKnown && target.Owner == owner;
    }

    private static int Open(int directory, ReadOnlySpan<byte> name, int flags, out FileLookup refusal)
    {
        Span<byte> text = stackalloc byte[256];
        if (name.Length >= text.Length)
        {
            // No file system has longer names.
            refusal = FileLookup.Missing;
            return -1;
        }

        name.CopyTo(text);
        text[name.Length] = 0;
        int descriptor;
        fixed (byte* start = text)
        {
            descriptor = LinuxCalls.OpenAt(directory, start, LookFlags | flags);
        }

        refusal = descriptor < 0 ? LinuxFileSystem.Translate(Marshal.GetLastPInvokeError()) : default;
        return descriptor;
    }

    private static int Drop(int descriptor)
    {
        LinuxFileSystem.Close(descriptor);
        return -1;
    }
}
