using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>
/// A fresh directory for one script, for its user alone. It is removed with all that is in it, whatever the script, or what
/// it left behind, does meanwhile: no symbolic link is followed, and however deep and full it is, a few descriptors and a
/// bounded memory suffice.
/// </summary>
internal sealed class PrivateDirectory
{
    private const uint OwnerAll = 0x1C0; // 0700
    private const int BatchSize = 512;
    private const int MostSteps = 4_000_000;

    private readonly byte[] _path;
    private int _steps;

    private PrivateDirectory(string path)
    {
        FullName = path;
        _path = Encoding.UTF8.GetBytes(path + '\0');
    }

    /// <summary>Its absolute path.</summary>
    public string FullName { get; }

    /// <summary>Makes one.</summary>
    /// <param name="parent">Where.</param>
    /// <param name="owner">Whose it is; <see langword="null"/> is the server's.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static PrivateDirectory Create(string parent, ProcessIdentity? owner)
    {
        var directory = new PrivateDirectory(Path.Join(parent, "webserv-script-" + Path.GetRandomFileName()));
        if (NativeFiles.MakeDirectory(directory._path, OwnerAll) != 0)
        {
            throw directory.Failed("mkdir");
        }

        try
        {
            using var opened = directory.Open(NativeFiles.CurrentDirectory, directory._path) ?? throw directory.Failed("open");
            var descriptor = (int)opened.DangerousGetHandle();

            // The umask may have taken something away.
            if (NativeFiles.ChangeMode(descriptor, OwnerAll) != 0
                || owner is not null && NativeLimits.ChangeOwner(descriptor, owner.User, owner.Group) != 0)
            {
                throw directory.Failed("chown");
            }

            return directory;
        }
        catch
        {
            _ = directory.TryRemoveDirectory(NativeFiles.CurrentDirectory, directory._path); // Empty, and that needs no descriptor.
            throw;
        }
    }

    /// <summary>Removes it and all that is in it.</summary>
    /// <exception cref="IOException">Something cannot be removed, or somebody does not stop filling it.</exception>
    public void Remove()
    {
        while (true)
        {
            using (var top = Open(NativeFiles.CurrentDirectory, _path))
            {
                if (top is null)
                {
                    return; // Gone, or no directory any more: the script's doing, and nothing of it is here.
                }

                foreach (var name in NamesIn(top))
                {
                    RemoveFrom(top, name);
                }
            }

            if (TryRemoveDirectory(NativeFiles.CurrentDirectory, _path))
            {
                return;
            }
        }
    }

    private void RemoveFrom(SafeFileHandle top, byte[] name)
    {
        if (TryRemoveFile(top, name))
        {
            return;
        }

        using (var directory = Open((int)top.DangerousGetHandle(), name))
        {
            List<byte[]> names;
            while (directory is not null && (names = NamesIn(directory)).Count > 0)
            {
                foreach (var below in names)
                {
                    if (!TryRemoveFile(directory, below))
                    {
                        MoveUp(directory, below, top);
                    }
                }
            }
        }

        _ = TryRemoveDirectory((int)top.DangerousGetHandle(), name);
    }

    /// <summary>Makes a directory of a directory one of the top, which is gone through until it is empty.</summary>
    private void MoveUp(SafeFileHandle directory, byte[] name, SafeFileHandle top)
    {
        var from = (int)directory.DangerousGetHandle();
        var to = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".{_steps}.{Path.GetRandomFileName()}\0"));
        for (var second = false; NativeFiles.Rename(from, name, (int)top.DangerousGetHandle(), to) != 0; second = true)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Errno.NotFound)
            {
                return;
            }

            // Moving a directory writes to it.
            if (second || error != Errno.Access || Open(from, name) is not { } opened)
            {
                throw Failed("rename", error);
            }

            _ = NativeFiles.ChangeMode((int)opened.DangerousGetHandle(), OwnerAll);
            opened.Dispose();
        }
    }

    /// <returns>Whether it is gone; else it is a directory.</returns>
    private bool TryRemoveFile(SafeFileHandle directory, byte[] name)
    {
        Step();
        return NativeFiles.Unlink((int)directory.DangerousGetHandle(), name, 0) == 0
            || Marshal.GetLastPInvokeError() switch
            {
                Errno.NotFound => true,
                Errno.IsDirectory => false,
                var error => throw Failed("unlink", error),
            };
    }

    /// <returns>Whether it is gone; else it is not empty.</returns>
    private bool TryRemoveDirectory(int parent, byte[] name)
    {
        Step();
        return NativeFiles.Unlink(parent, name, NativeFiles.RemoveDirectory) == 0
            || Marshal.GetLastPInvokeError() switch
            {
                Errno.NotFound or Errno.NotDirectory => true,
                Errno.NotEmpty => false,
                var error => throw Failed("rmdir", error),
            };
    }

    private void Step()
    {
        if (++_steps > MostSteps)
        {
            throw new IOException($"{FullName}: there is more in it than is reasonable, or somebody does not stop filling it");
        }
    }

    /// <summary>Opens a directory; <see langword="null"/> where it is gone or none.</summary>
    /// <exception cref="IOException">It cannot be opened, and so may be there: there is no descriptor left, for example.</exception>
    private SafeFileHandle? Open(int parent, byte[] name)
    {
        var flags = NativeFiles.DirectoryOnly | NativeFiles.NoFollow | Native.CloseOnExec;
        var descriptor = NativeFiles.Open(parent, name, flags);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == Errno.Access)
        {
            // Root may do anything, so this is the server's own user, as is the script: who swaps it for a link gains nothing.
            _ = NativeFiles.ChangeModeOf(parent, name, OwnerAll, 0);
            descriptor = NativeFiles.Open(parent, name, flags);
        }

        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        return Marshal.GetLastPInvokeError() switch
        {
            Errno.NotFound or Errno.NotDirectory or Errno.Loop => null,
            var error => throw Failed("open", error),
        };
    }

    /// <summary>Some of the names in a directory, as bytes with their NUL: a script may call a file whatever it wants.</summary>
    private unsafe List<byte[]> NamesIn(SafeFileHandle directory)
    {
        var names = new List<byte[]>();
        var again = NativeFiles.Open((int)directory.DangerousGetHandle(), [(byte)'.', 0], NativeFiles.DirectoryOnly | Native.CloseOnExec);
        var stream = again < 0 ? 0 : NativeFiles.OpenStream(again);
        if (stream == 0)
        {
            var error = Marshal.GetLastPInvokeError();
            new SafeFileHandle(again, ownsHandle: true).Dispose();
            throw Failed("opendir", error);
        }

        try
        {
            byte* entry;
            while (names.Count < BatchSize && (entry = NativeFiles.ReadEntry(stream)) is not null)
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NativeFiles.NameInEntry);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(new ReadOnlySpan<byte>(entry + NativeFiles.NameInEntry, name.Length + 1).ToArray());
                }
            }
        }
        finally
        {
            _ = NativeFiles.CloseStream(stream);
        }

        return names;
    }

    private IOException Failed(string call) => Failed(call, Marshal.GetLastPInvokeError());

    private IOException Failed(string call, int error) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{FullName}: {call}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})"));
}
