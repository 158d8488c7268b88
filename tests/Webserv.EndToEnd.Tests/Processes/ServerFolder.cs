namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>A temporary directory with a configuration and what it serves; gone when it is disposed.</summary>
internal sealed class ServerFolder : IDisposable
{
    /// <summary>The directory.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("webserv-e2e-").FullName;

    /// <summary>The configuration file, whether it is there yet or not.</summary>
    public string Configuration => Combine("appsettings.json");

    /// <summary>The path of something in the directory.</summary>
    public string Combine(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Makes a directory in it.</summary>
    public string MakeDirectory(params string[] parts) => Directory.CreateDirectory(Combine(parts)).FullName;

    /// <summary>Writes a file with the directories above it.</summary>
    public string Write(string name, string text)
    {
        var path = Prepare(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a file with the directories above it.</summary>
    public string Write(string name, byte[] bytes)
    {
        var path = Prepare(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Writes a script that can be run.</summary>
    public string WriteScript(string name, string text)
    {
        var path = Write(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    /// <summary>Writes the configuration file.</summary>
    public string Configure(string json) => Write("appsettings.json", json);

    /// <summary>Copies a directory with all below it, rights included.</summary>
    public string CopyDirectory(string source, params string[] target)
    {
        var root = MakeDirectory(target);
        foreach (var directory in Directory.EnumerateDirectories(source, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(root, Path.GetRelativePath(source, directory)));
        }

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(root, Path.GetRelativePath(source, file)));
        }

        return root;
    }

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string Prepare(string name)
    {
        var path = Combine(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
