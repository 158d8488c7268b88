namespace Webserv.Host.Tests.Server;

/// <summary>A folder of its own, gone at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("webserv-server-").FullName;

    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file of bytes that follow from a seed, changed long ago.</summary>
    public byte[] Write(string name, int length, int seed)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        File.WriteAllBytes(Combine(name), content);
        File.SetLastWriteTimeUtc(Combine(name), DateTime.UnixEpoch.AddYears(50));
        return content;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
