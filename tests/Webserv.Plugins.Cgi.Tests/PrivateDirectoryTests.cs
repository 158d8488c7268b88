using System.Diagnostics;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>The temporary directory of a script goes with all that is in it, and with nothing else.</summary>
public sealed class PrivateDirectoryTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("cgi-tests-").FullName;

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void Create_Directory_IsForItsUserAlone()
    {
        var owner = Accounts.IsRoot ? new ProcessIdentity(12345, 23456, []) : null;
        var directory = PrivateDirectory.Create(_parent, owner);
        Assert.Equal(owner is null ? "700\n" : "700 12345 23456\n", Run("stat", "-c", owner is null ? "%a" : "%a %u %g", directory.FullName));
        directory.Remove();
        directory.Remove(); // is no error
        Assert.Empty(Directory.EnumerateFileSystemEntries(_parent));
    }

    [Fact]
    public void Remove_WhateverAScriptLeft_IsGoneAndWhatLinksPointToIsNot()
    {
        var kept = Path.Join(_parent, "kept");
        Directory.CreateDirectory(kept);
        File.WriteAllText(Path.Join(kept, "file"), "x");
        var directory = PrivateDirectory.Create(_parent, null);
        Run("sh", "-c", """
            cd "$1"; ln -s "$2" link; ln -s "$2/file" file; mkfifo fifo; mkdir -p a/b/c; touch a/1 a/b/2 a/b/c/3; ln -s "$2" a/b/link
            touch "$(printf 'odd\377\n name')" .hidden; mkdir .h 'd d'; ln -s . a/self
            mkdir -p locked/in; touch locked/in/x; chmod 000 locked/in; chmod 555 locked; mkdir many; cd many; seq 3000 | xargs touch; seq -f 'd%g' 700 | xargs mkdir
            """, "sh", directory.FullName, kept);
        directory.Remove();
        Assert.Equal([kept], Directory.EnumerateFileSystemEntries(_parent));
        Assert.Equal("x", File.ReadAllText(Path.Join(kept, "file")));
    }

    [Fact]
    public void Remove_DeeperThanAnyPathMayBe_IsGone()
    {
        var directory = PrivateDirectory.Create(_parent, null);
        Run(
            "python3",
            "-c",
            "import os,sys; os.chdir(sys.argv[1])\nfor i in range(3000): os.mkdir('d'*40); os.chdir('d'*40); open('f','w').close()",
            directory.FullName);
        directory.Remove();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_parent));
    }

    [Fact]
    public void Remove_ReplacedByALink_TouchesNothing()
    {
        var kept = Path.Join(_parent, "kept");
        Directory.CreateDirectory(kept);
        File.WriteAllText(Path.Join(kept, "file"), "x");
        var directory = PrivateDirectory.Create(_parent, null);
        Directory.Delete(directory.FullName);
        Directory.CreateSymbolicLink(directory.FullName, kept);
        directory.Remove();
        Assert.Equal("x", File.ReadAllText(Path.Join(kept, "file")));
    }

    [Fact]
    public void Remove_CannotBeOpened_IsNotTakenForGone()
    {
        var parent = Path.Join(_parent, "parent");
        var real = Directory.CreateDirectory(Path.Join(_parent, "real")).FullName;
        Directory.CreateSymbolicLink(parent, real);
        var directory = PrivateDirectory.Create(parent, null);
        File.Delete(parent);
        Directory.CreateSymbolicLink(parent, new string('x', 300)); // ENAMETOOLONG stands for every error but those that say that nothing is there.
        Assert.Contains("open: ", Assert.Throws<IOException>(directory.Remove).Message, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(real));

        File.Delete(parent);
        Directory.CreateSymbolicLink(parent, parent);
        directory.Remove(); // A loop: nothing is there.
    }

    [Fact]
    public void Create_NoParent_SaysSo() =>
        Assert.Contains("errno 2", Assert.Throws<IOException>(() => PrivateDirectory.Create(Path.Join(_parent, "none"), null)).Message, StringComparison.Ordinal);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
