using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Tests.Transport;

/// <summary>A file that goes away with the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(byte[] contents)
    {
        Contents = contents;
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, contents);
        Handle = File.OpenHandle(path, options: FileOptions.DeleteOnClose);
    }

    public byte[] Contents { get; }

    public SafeFileHandle Handle { get; }

    public void Dispose() => Handle.Dispose();
}
