using System.Globalization;
using System.Text;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>The git of the tests: of nobody's configuration, asking nobody, telling what it sends.</summary>
internal static class Git
{
    // Debian's, and not one of a developer's: it is what the server runs.
    private static readonly string[] Variables =
    [
        "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "LC_ALL=C.UTF-8",
        "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org",
        "GIT_TRACE_CURL=1", "GIT_TRACE_CURL_NO_DATA=1", "GIT_TRACE_PACKET=1",
    ];

    /// <summary>Runs git; what it sends and receives is in the errors.</summary>
    public static Task<ProgramResult> TryAsync(string directory, params IEnumerable<string> arguments) =>
        ExternalProgram.RunAsync(
            ExternalProgram.Find("env", "coreutils"),
            ["-u", "http_proxy", "-u", "https_proxy", "-u", "all_proxy", .. Variables, ExternalProgram.Find("git", "git"), .. arguments],
            directory);

    /// <summary>Runs git, which must succeed.</summary>
    /// <returns>What it wrote, without the last line's end.</returns>
    public static async Task<string> RunAsync(string directory, params IEnumerable<string> arguments) =>
        (await TryAsync(directory, arguments)).Succeeded().TrimEnd('\n');

    /// <summary>Runs git, which must succeed.</summary>
    /// <returns>What it sent and received.</returns>
    public static async Task<string> TraceAsync(string directory, params IEnumerable<string> arguments)
    {
        var result = await TryAsync(directory, arguments);
        result.Succeeded();
        return result.Errors;
    }

    /// <summary>Makes a bare repository whose branch <c>main</c> has commits, each of which has a branch of its own, too.</summary>
    public static async Task CreateAsync(string path, int commits)
    {
        await RunAsync("/", "init", "--quiet", "--bare", "--initial-branch=main", path);
        var stream = new StringBuilder();
        for (var number = 1; number <= commits; number++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"line {number}\n");
            var message = string.Create(CultureInfo.InvariantCulture, $"Change {number} of the café");
            stream.Append(CultureInfo.InvariantCulture, $"commit refs/heads/main\nmark :{number}\n");
            stream.Append(CultureInfo.InvariantCulture, $"committer Ada <ada@example.org> {1_700_000_000 + number} +0000\n");
            stream.Append(CultureInfo.InvariantCulture, $"data {Encoding.UTF8.GetByteCount(message)}\n{message}\n");
            stream.Append(CultureInfo.InvariantCulture, $"M 100644 inline \"src/file {number}.txt\"\ndata {text.Length}\n{text}\n");
            if (number == 1)
            {
                const string Readme = "# Café\n\nAn example.\n";
                stream.Append(CultureInfo.InvariantCulture, $"M 100644 inline README.md\ndata {Encoding.UTF8.GetByteCount(Readme)}\n{Readme}\n");
            }

            stream.Append(CultureInfo.InvariantCulture, $"reset refs/heads/b{number}\nfrom :{number}\n\n");
        }

        var import = path + ".import";
        await File.WriteAllTextAsync(import, stream.ToString(), TestContext.Current.CancellationToken);
        (await ExternalProgram.RunAsync("/bin/sh", ["-c", "git fast-import --quiet < \"$1\"", "sh", import], path)).Succeeded();
        File.Delete(import);
        await File.WriteAllTextAsync(Path.Combine(path, "description"), "The example\n", TestContext.Current.CancellationToken);
    }
}
