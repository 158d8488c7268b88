using System.Diagnostics;

namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>A program that a test runs to its end.</summary>
internal static class ExternalProgram
{
    /// <summary>Finds a program that these tests cannot do without.</summary>
    /// <returns>Its path. A program that is missing fails the test and names the command that installs it.</returns>
    public static string Find(string name, string package)
    {
        var path = Look(name);
        Assert.True(path is not null, $"{name} is missing: apt-get install -y {package}");
        return path;
    }

    /// <summary>Finds the first that is there of programs which do the same, called as their packages.</summary>
    /// <returns>Its path. Where all are missing the test fails.</returns>
    public static string FindAny(params string[] names) => names.Select(Look).FirstOrDefault(static path => path is not null) ?? Find(names[0], names[0]);

    /// <summary>Runs curl with <c>-sS</c>, without a proxy or a configuration file of the user's.</summary>
    public static Task<ProgramResult> CurlAsync(params string[] arguments) =>
        RunAsync(Find("curl", "curl"), ["-q", "-sS", "--noproxy", "*", "--max-time", "100", .. arguments]);

    /// <summary>Runs a program and reads all that it writes.</summary>
    /// <param name="program">The path.</param>
    /// <param name="arguments">As they are, no shell reads them.</param>
    /// <param name="directory">The working directory; that of the tests where it is left out.</param>
    /// <param name="timeout">Ends the program and fails the test; 2 minutes where it is left out.</param>
    public static async Task<ProgramResult> RunAsync(
        string program, IEnumerable<string> arguments, string? directory = null, TimeSpan? timeout = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory ?? AppContext.BaseDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(timeout ?? TimeSpan.FromMinutes(2));
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(limit.Token);
            return new ProgramResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string? Look(string name) => ("/usr/bin:" + Environment.GetEnvironmentVariable("PATH"))
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(File.Exists);
}
