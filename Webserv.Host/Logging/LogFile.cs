using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Logging;

/// <summary>
/// A log file that is open for appending. On Linux with <c>O_APPEND</c>, which .NET's own append mode does not use: several
/// processes may write to one file, and one that was truncated (logrotate's <c>copytruncate</c>) goes on at its new end.
/// </summary>
internal sealed class LogFile : ILogTarget
{
    private const int StandardOutput = 1;
    private const int OpenWriteOnly = 1, OpenCreate = 0x40, OpenNoTerminal = 0x100, OpenAppend = 0x400;
    private const int MayWrite = 2, MayEnter = 1;

    private readonly SafeFileHandle? _descriptor;
    private readonly Stream? _stream;

    private LogFile(SafeFileHandle descriptor) => _descriptor = descriptor;

    private LogFile(Stream stream) => _stream = stream;

    /// <summary>Opens a file and makes it where it is not there.</summary>
    /// <param name="path">Its absolute path; <see langword="null"/> for standard output.</param>
    /// <param name="mode">The rights of a file that is made, less those that the umask takes away.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static LogFile Open(string? path, UnixFileMode mode)
    {
        if (OperatingSystem.IsLinux())
        {
            return new LogFile(path is null ? new SafeFileHandle(StandardOutput, ownsHandle: false) : OpenDescriptor(path, mode));
        }

        try
        {
            return new LogFile(path is null ? Console.OpenStandardOutput() : OpenStream(path, mode));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>Looks whether a file could be opened, without making it.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? Check(string path)
    {
        if (Directory.Exists(path))
        {
            return $"{path} is a directory, not a file";
        }

        if (File.Exists(path))
        {
            return MayAccess(path, MayWrite) ? null : $"{path} may not be written";
        }

        var directory = Path.GetDirectoryName(path)!;
        return !Directory.Exists(directory) ? $"the directory {directory} does not exist"
            : MayAccess(directory, MayWrite | MayEnter) ? null
            : $"the directory {directory} may not be written to";
    }

    /// <inheritdoc />
    public int Write(ReadOnlySpan<byte> bytes)
    {
        if (_descriptor is not null)
        {
            return WriteDescriptor(_descriptor, bytes);
        }

        // Another process may have written meanwhile.
        if (_stream!.CanSeek)
        {
            _stream.Seek(0, SeekOrigin.End);
        }

        _stream.Write(bytes);
        return bytes.Length;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _descriptor?.Dispose();
        _stream?.Dispose();
    }

    private static FileStream OpenStream(string path, UnixFileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        return new FileStream(path, options);
    }

    private static unsafe SafeFileHandle OpenDescriptor(string path, UnixFileMode mode)
    {
        // Not blocking, because a pipe without a reader would hold up the start; for files it means nothing.
        const int Flags = OpenWriteOnly | OpenCreate | OpenAppend | OpenNoTerminal | LibC.OpenNonBlocking | LibC.OpenCloseOnExec;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            int descriptor;
            do
            {
                descriptor = LibC.Open(name, Flags, (int)mode);
            }
            while (descriptor < 0 && LibC.Errno == LibC.EINTR);

            return descriptor < 0
                ? throw new IOException(LibC.Describe(LibC.Errno))
                : new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    private static unsafe int WriteDescriptor(SafeFileHandle descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint written;
            do
            {
                written = LibC.Write((int)descriptor.DangerousGetHandle(), start, (nuint)bytes.Length);
            }
            while (written < 0 && LibC.Errno == LibC.EINTR);

            return written > 0 ? (int)written : throw new IOException(LibC.Describe(LibC.Errno));
        }
    }

    private static unsafe bool MayAccess(string path, int rights)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return LibC.Access(name, rights) == 0;
        }
    }
}
