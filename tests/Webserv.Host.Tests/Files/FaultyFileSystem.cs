using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

/// <summary>The file system of Linux, with faults on demand.</summary>
internal sealed class FaultyFileSystem : IFileSystem
{
    private readonly LinuxFileSystem _files = new();
    private FileLookup _fault;
    private int _faults;

    public int DescriptorBudget { get; init; } = 1000;

    public int Looks { get; private set; }

    public int Opens { get; private set; }

    public IOException? ReadError { get; init; }

    /// <summary>Runs once, before the first read.</summary>
    public Action? BeforeRead { get; set; }

    /// <summary>Runs between the opening of a directory and its reading.</summary>
    public Action? BeforeEnumeration { get; set; }

    public void Fail(FileLookup fault, int times) => (_fault, _faults) = (fault, times);

    public FileLookup Look(string root, string path, SymbolicLinkPolicy links, bool open)
    {
        Looks++;
        Opens += open ? 1 : 0;
        return _faults-- > 0 ? _fault : _files.Look(root, path, links, open);
    }

    public FileLookup HoldDirectory(string root, string path, SymbolicLinkPolicy links) =>
        _faults-- > 0 ? _fault : _files.HoldDirectory(root, path, links);

    public string GetPathToRead(in FileLookup held, string root, string path)
    {
        BeforeEnumeration?.Invoke();
        return _files.GetPathToRead(held, root, path);
    }

    public FileFacts Examine(SafeFileHandle handle) => _files.Examine(handle);

    public int Read(SafeFileHandle handle, Span<byte> buffer)
    {
        if (ReadError is not null)
        {
            throw ReadError;
        }

        var before = BeforeRead;
        BeforeRead = null;
        before?.Invoke();
        return _files.Read(handle, buffer);
    }
}
