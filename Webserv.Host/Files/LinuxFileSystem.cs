using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;

namespace Webserv.Host.Files;

/// <summary>
/// Looks files up without a moment between check and use: a path is opened with O_PATH under the restrictions of
/// <c>openat2</c>, examined on that descriptor, and reopened for reading through it, so that a name which is swapped
/// meanwhile changes nothing. Devices, pipes and sockets are never opened.
/// </summary>
internal sealed unsafe class LinuxFileSystem : IFileSystem
{
    private const int LookFlags = LinuxCalls.OpenPath | LinuxCalls.OpenCloseOnExec;
    private const int ReadFlags =
        LinuxCalls.OpenReadOnly | LinuxCalls.OpenNonBlocking | LinuxCalls.OpenCloseOnExec | LinuxCalls.OpenNoTerminal;

    private const int LongestPath = 4096;

    // openat2 answers EAGAIN when a rename elsewhere might have let ".." escape.
    private const int AttemptsAfterRename = 8;

    private bool _hasOpenAt2;

    /// <summary>Uses the calls of the running kernel.</summary>
    /// <param name="useOpenAt2">Whether <c>openat2</c> (Linux 5.6) may be used; found out by itself where it is refused.</param>
    public LinuxFileSystem(bool useOpenAt2 = true) => _hasOpenAt2 = useOpenAt2;

    /// <summary>A quarter of RLIMIT_NOFILE, so that connections and children keep the rest; 16 to 65,536.</summary>
    public int DescriptorBudget { get; } = (int)Math.Clamp((LinuxCalls.GetDescriptorLimit() ?? 1024) / 4, 16, 65536);

    /// <inheritdoc />
    public FileLookup Look(string root, string path, SymbolicLinkPolicy links, bool open) => Look(root, path, links, open, hold: false);

    /// <inheritdoc />
    public FileLookup HoldDirectory(string root, string path, SymbolicLinkPolicy links) => Look(root, path, links, open: false, hold: true);

    /// <inheritdoc />
    public string GetPathToRead(in FileLookup held, string root, string path) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{held.Handle!.DangerousGetHandle()}");

    private FileLookup Look(string root, string path, SymbolicLinkPolicy links, bool open, bool hold)
    {
        Span<byte> rootBytes = stackalloc byte[LongestPath];
        Span<byte> pathBytes = stackalloc byte[LongestPath];
        var below = path.AsSpan().TrimStart('/');
        if (!TryEncode(root, rootBytes) || !TryEncode(below.IsEmpty ? "." : below, pathBytes))
        {
            return FileLookup.Missing;
        }

        var rootDescriptor = -1;
        var descriptor = -1;
        fixed (byte* rootText = rootBytes, pathText = pathBytes)
        {
            try
            {
                rootDescriptor = LinuxCalls.OpenAt(LinuxCalls.AtCurrentDirectory, rootText, LookFlags);
                if (rootDescriptor < 0)
                {
                    return Translate(Marshal.GetLastPInvokeError());
                }

                descriptor = Resolve(rootDescriptor, pathText, links, out var refusal);
                if (descriptor < 0)
                {
                    return refusal;
                }

                var look = Describe(descriptor, open);
                if (!hold || look.Kind != FileKind.Directory)
                {
                    return look;
                }

                look = look with { Handle = new SafeFileHandle(descriptor, ownsHandle: true) };
                descriptor = -1;
                return look;
            }
            finally
            {
                Close(descriptor);
                Close(rootDescriptor);
            }
        }
    }

    /// <inheritdoc />
    public FileFacts Examine(SafeFileHandle handle)
    {
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            return TryExamine((int)handle.DangerousGetHandle(), out var buffer, out var error)
                ? buffer.ToFacts()
                : throw ToException(error);
        }
        finally
        {
            if (added)
            {
                handle.DangerousRelease();
            }
        }
    }

    /// <inheritdoc />
    public int Read(SafeFileHandle handle, Span<byte> buffer)
    {
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            var descriptor = (int)handle.DangerousGetHandle();
            var total = 0;
            fixed (byte* start = buffer)
            {
                while (total < buffer.Length)
                {
                    var count = LinuxCalls.ReadAt(descriptor, start + total, buffer.Length - total, total);
                    if (count == 0)
                    {
                        break;
                    }

                    if (count > 0)
                    {
                        total += (int)count;
                        continue;
                    }

                    var error = Marshal.GetLastPInvokeError();
                    if (error != Errno.EINTR)
                    {
                        throw ToException(error);
                    }
                }
            }

            return total;
        }
        finally
        {
            if (added)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static bool TryEncode(ReadOnlySpan<char> text, Span<byte> target)
    {
        // One byte stays for the terminator. An unpaired surrogate has no name on disk.
        if (System.Text.Unicode.Utf8.FromUtf16(text, target[..^1], out _, out var written, replaceInvalidSequences: false)
            != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        target[written] = 0;
        return !target[..written].Contains((byte)0);
    }

    /// <summary>What an error of a look-up stands for.</summary>
    internal static FileLookup Translate(int error) => error switch
    {
        Errno.ENOENT or Errno.ENOTDIR or Errno.ENAMETOOLONG or Errno.ELOOP or Errno.EINVAL or Errno.ESTALE => FileLookup.Missing,
        Errno.EACCES or Errno.EPERM or Errno.ENXIO or Errno.ENODEV => FileLookup.Forbidden,
        _ => new FileLookup(
            FileKind.Missing,
            Trouble: Marshal.GetPInvokeErrorMessage(error),
            IsExhausted: error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM),
    };

    private static IOException ToException(int error) => new(Marshal.GetPInvokeErrorMessage(error), new Win32Exception(error));

    /// <summary>Closes a descriptor, if it is one.</summary>
    internal static void Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            // Nothing was written: an error of close can tell nothing that matters, and the descriptor is gone in any case.
            _ = LinuxCalls.Close(descriptor);
        }
    }

    /// <summary>Examines what a descriptor is open on.</summary>
    internal static bool TryExamine(int descriptor, out StatxBuffer buffer, out int error)
    {
        byte nothing = 0;
        fixed (StatxBuffer* target = &buffer)
        {
            do
            {
                error = LinuxCalls.Statx(descriptor, &nothing, LinuxCalls.AtEmptyPath, LinuxCalls.StatxBasicStats, target) == 0
                    ? 0
                    : Marshal.GetLastPInvokeError();
            }
            while (error == Errno.EINTR);
        }

        return error == 0;
    }

    private static FileLookup Describe(int descriptor, bool open)
    {
        if (!TryExamine(descriptor, out var buffer, out var error))
        {
            return Translate(error);
        }

        var facts = buffer.ToFacts();
        if (facts.Kind == FileKind.Directory)
        {
            // To look "." up is allowed only where the directory may be entered.
            var self = stackalloc byte[] { (byte)'.', 0 };
            var entered = LinuxCalls.OpenAt(descriptor, self, LookFlags);
            if (entered < 0)
            {
                return Translate(Marshal.GetLastPInvokeError());
            }

            Close(entered);
            return new FileLookup(FileKind.Directory, facts);
        }

        if (facts.Kind != FileKind.File)
        {
            return FileLookup.Forbidden;
        }

        if (!open)
        {
            return new FileLookup(FileKind.File, facts);
        }

        Span<byte> link = stackalloc byte[32];
        WriteProcLink(descriptor, link);
        int file;
        fixed (byte* text = link)
        {
            do
            {
                file = LinuxCalls.OpenAt(LinuxCalls.AtCurrentDirectory, text, ReadFlags);
                error = file < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (error == Errno.EINTR);
        }

        if (file >= 0)
        {
            return new FileLookup(FileKind.File, facts, new SafeFileHandle(file, ownsHandle: true));
        }

        // The descriptor is open, so that its link can only be missing with all of /proc.
        return error == Errno.ENOENT
            ? new FileLookup(FileKind.Missing, Trouble: "/proc is not mounted, and files are opened through it")
            : Translate(error);
    }

    private static void WriteProcLink(int descriptor, Span<byte> target)
    {
        _ = Utf8TryWrite(target, descriptor, out var length);
        target[length] = 0;

        static bool Utf8TryWrite(Span<byte> target, int descriptor, out int length) =>
            System.Text.Unicode.Utf8.TryWrite(target, CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}", out length);
    }

    private static int ReadProcLink(int descriptor, Span<byte> target)
    {
        Span<byte> link = stackalloc byte[32];
        WriteProcLink(descriptor, link);
        fixed (byte* text = link, buffer = target)
        {
            return (int)LinuxCalls.ReadLinkAt(LinuxCalls.AtCurrentDirectory, text, buffer, target.Length);
        }
    }

    private int Resolve(int root, byte* path, SymbolicLinkPolicy links, out FileLookup refusal)
    {
        refusal = FileLookup.Missing;
        if (links == SymbolicLinkPolicy.Follow)
        {
            return ResolveFollowing(root, path, out refusal);
        }

        if (Volatile.Read(ref _hasOpenAt2))
        {
            var resolve = LinuxCalls.ResolveBeneath | LinuxCalls.ResolveNoMagicLinks
                | (links == SymbolicLinkPolicy.InsideRoot ? 0 : LinuxCalls.ResolveNoSymbolicLinks);
            var error = 0;
            for (var attempt = 0; attempt < AttemptsAfterRename; attempt++)
            {
                var descriptor = LinuxCalls.OpenAt2(root, path, LookFlags, resolve);
                if (descriptor >= 0)
                {
                    return descriptor;
                }

                error = Marshal.GetLastPInvokeError();
                if (error is not (Errno.EAGAIN or Errno.EINTR))
                {
                    break;
                }
            }

            switch (error)
            {
                // EPERM comes from a seccomp filter that does not know the call; opening a path with O_PATH never gives it.
                case Errno.ENOSYS or Errno.EPERM:
                    Volatile.Write(ref _hasOpenAt2, false);
                    break;
                case Errno.ELOOP when links == SymbolicLinkPolicy.Deny:
                    refusal = FileLookup.Forbidden;
                    return -1;

                // There is a link: its owner has to be looked at.
                case Errno.ELOOP when links == SymbolicLinkPolicy.SameOwner:
                    break;

                // An absolute link, which may still end below the root, or a way out.
                case Errno.EXDEV or Errno.EAGAIN or Errno.EINTR:
                    break;
                default:
                    refusal = Translate(error);
                    return -1;
            }
        }

        return links switch
        {
            SymbolicLinkPolicy.Deny => ResolveWithoutLinks(root, path, out refusal),
            SymbolicLinkPolicy.SameOwner => LinkOwners.Resolve(root, MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path), out refusal),
            _ => ResolveInside(root, path, out refusal),
        };
    }

    private static int ResolveFollowing(int root, byte* path, out FileLookup refusal)
    {
        var descriptor = LinuxCalls.OpenAt(root, path, LookFlags);
        refusal = descriptor < 0 ? Translate(Marshal.GetLastPInvokeError()) : default;
        return descriptor;
    }

    // Follows every link first and asks the kernel afterwards where it ended.
    private static int ResolveInside(int root, byte* path, out FileLookup refusal)
    {
        var descriptor = ResolveFollowing(root, path, out refusal);
        if (descriptor < 0)
        {
            return -1;
        }

        Span<byte> rootBytes = stackalloc byte[LongestPath];
        Span<byte> endBytes = stackalloc byte[LongestPath];
        var rootLength = ReadProcLink(root, rootBytes);
        var endLength = ReadProcLink(descriptor, endBytes);

        // What cannot be told to be inside is outside: no /proc, or a path that was cut.
        var isInside = rootLength > 0 && endLength > 0 && endLength < LongestPath && IsBelow(rootBytes[..rootLength], endBytes[..endLength]);
        if (isInside && TryExamine(descriptor, out var buffer, out _) && buffer.Links > 0)
        {
            return descriptor;
        }

        refusal = isInside ? FileLookup.Missing : FileLookup.Forbidden;
        Close(descriptor);
        return -1;
    }

    private static bool IsBelow(ReadOnlySpan<byte> root, ReadOnlySpan<byte> path) =>
        root is [(byte)'/']
        || (path.StartsWith(root) && (path.Length == root.Length || path[root.Length] == (byte)'/'));

    // One name after the other, none of them a link.
    private static int ResolveWithoutLinks(int root, byte* path, out FileLookup refusal)
    {
        refusal = FileLookup.Missing;
        var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path);
        Span<byte> name = stackalloc byte[LongestPath];
        var directory = root;
        while (true)
        {
            var slash = text.IndexOf((byte)'/');
            var segment = slash < 0 ? text : text[..slash];
            if (segment.SequenceEqual(".."u8))
            {
                break;
            }

            // Behind the last slash: the directory itself, and ENOTDIR for a file.
            segment = segment.IsEmpty ? "."u8 : segment;
            segment.CopyTo(name);
            name[segment.Length] = 0;
            int descriptor;
            fixed (byte* start = name)
            {
                descriptor = LinuxCalls.OpenAt(directory, start, LookFlags | LinuxCalls.OpenNoFollow);
            }

            var error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (directory != root)
            {
                Close(directory);
            }

            if (descriptor < 0)
            {
                refusal = Translate(error);
                return -1;
            }

            directory = descriptor;
            if (!TryExamine(descriptor, out var buffer, out error))
            {
                refusal = Translate(error);
                break;
            }

            if (buffer.IsSymbolicLink)
            {
                refusal = FileLookup.Forbidden;
                break;
            }

            if (slash < 0)
            {
                return descriptor;
            }

            text = text[(slash + 1)..];
        }

        if (directory != root)
        {
            Close(directory);
        }

        return -1;
    }
}
