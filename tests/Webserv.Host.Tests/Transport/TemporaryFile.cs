using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Tests.Transport;

/// <summary>A file that goes away with the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(byte[] contents)
    {
        Contents = contents;
        Name = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(Name, contents);
        Handle = File.OpenHandle(Name, options: FileOptions.DeleteOnClose);
    }

    public byte[] Contents { get; }

    public string Name { get; }

    public SafeFileHandle Handle { get; }

    public void Dispose() => Handle.Dispose();
}
