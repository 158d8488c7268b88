using System.Globalization;
using System.Text;

namespace Webserv.Testing.Processes;

/// <summary>
/// A program for plugins that start some: it writes what the test says and ends as the test says, and what it was started with can be
/// looked at. It is a file that can be executed (a script of <c>/bin/sh</c>), so that it does not matter how the plugin starts it.
/// </summary>
/// <example>
/// <code>
/// using var convert = new TestProgram("convert") { Output = "PNG", ExitCode = 1 };
/// await host.UseAsync&lt;ThumbnailOptions&gt;("Thumbnail", options => options.Program = convert.Path);
/// …
/// Assert.Equal(["-resize", "100x100"], Assert.Single(convert.Runs).Arguments);
/// </code>
/// </example>
public sealed class TestProgram : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("webserv-program-").FullName;

    /// <summary>Makes a program that reads all of its standard input, writes nothing and ends with 0.</summary>
    /// <param name="name">The name of its file.</param>
    /// <exception cref="PlatformNotSupportedException">There is no <c>/bin/sh</c>.</exception>
    public TestProgram(string name = "program")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("A program for tests is a script of /bin/sh.");
        }

        Path = System.IO.Path.Combine(_directory, name);
        Directory.CreateDirectory(RunsDirectory);
        WriteScript();
    }

    /// <summary>The absolute path of its file.</summary>
    public string Path { get; }

    /// <summary>What it writes to standard output.</summary>
    public string Output
    {
        get;
        set
        {
            field = value;
            WriteScript();
        }
    } = "";

    /// <summary>What it writes to standard error, before <see cref="Output"/>.</summary>
    public string Errors
    {
        get;
        set
        {
            field = value;
            WriteScript();
        }
    } = "";

    /// <summary>The status that it ends with, 0 to 255.</summary>
    public int ExitCode
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 255);
            field = value;
            WriteScript();
        }
    }

    /// <summary>Whether it reads its standard input to the end before it writes. Default: it does.</summary>
    public bool ReadsInput
    {
        get;
        set
        {
            field = value;
            WriteScript();
        }
    } = true;

    /// <summary>Whether it stays when it has written all, until somebody ends it.</summary>
    public bool Hangs
    {
        get;
        set
        {
            field = value;
            WriteScript();
        }
    }

    /// <summary>How it was started so far, in order; those whose input is not read to the end yet are not among them.</summary>
    public IReadOnlyList<TestProgramRun> Runs =>
        [.. Directory.GetDirectories(RunsDirectory, "*.done").OrderBy(Directory.GetCreationTimeUtc).ThenBy(path => path, StringComparer.Ordinal).Select(Read)];

    private string RunsDirectory => System.IO.Path.Combine(_directory, ".runs");

    /// <summary>Removes the file. Processes that still run are not ended.</summary>
    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static TestProgramRun Read(string directory)
    {
        var environment = Split("environment").Select(variable => variable.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        return new TestProgramRun(
            Split("arguments"), environment, Text("directory").TrimEnd('\n'), int.Parse(Text("process"), CultureInfo.InvariantCulture), File.ReadAllBytes(System.IO.Path.Combine(directory, "input")));

        string Text(string name) => File.ReadAllText(System.IO.Path.Combine(directory, name));
        string[] Split(string name) => Text(name).Split('\0')[..^1];
    }

    private void WriteScript()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.WriteAllText(System.IO.Path.Combine(_directory, ".output"), Output);
        File.WriteAllText(System.IO.Path.Combine(_directory, ".errors"), Errors);
        var script = new StringBuilder()
            .Append("#!/bin/sh\n")
            .Append(CultureInfo.InvariantCulture, $"here='{_directory}'\n")
            .Append("run=$here/.runs/$$\nmkdir \"$run\"\n")
            .Append("for argument; do printf '%s\\0' \"$argument\"; done > \"$run/arguments\"\n")
            .Append("/usr/bin/env -0 > \"$run/environment\"\npwd > \"$run/directory\"\nprintf %s $$ > \"$run/process\"\n")
            .Append(ReadsInput ? "cat > \"$run/input\"\n" : ": > \"$run/input\"\n")
            .Append("mv \"$run\" \"$run.done\"\n")
            .Append("cat \"$here/.errors\" >&2\ncat \"$here/.output\"\n")
            .Append(Hangs ? "exec sleep 2147483647\n" : "")
            .Append(CultureInfo.InvariantCulture, $"exit {ExitCode}\n");

        // Renamed: a program that is being executed is not written to.
        var temporary = Path + ".new";
        File.WriteAllText(temporary, script.ToString());
        File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(temporary, Path, overwrite: true);
    }
}
