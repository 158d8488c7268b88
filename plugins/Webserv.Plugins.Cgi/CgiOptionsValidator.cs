using System.Buffers;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Gateway;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Scripts;
using Webserv.Gateway.SendFile;
using Webserv.Plugins.Cgi.Python;
using Webserv.Plugins.Cgi.Scripts;

namespace Webserv.Plugins.Cgi;

/// <summary>Checks <see cref="CgiOptions"/> and names everything that is wrong at once.</summary>
internal sealed class CgiOptionsValidator : IValidateOptions<CgiOptions>
{
    // RFC 9110 section 5.6.2, without lower case: methods are case-sensitive, and those of scripts have none.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    public ValidateOptionsResult Validate(string? name, CgiOptions options)
    {
        var failures = new List<string>();
        var checks = new OptionChecks(failures);
        CheckInterpreters(options, failures);
        CheckScript(options, failures);
        checks.Time(nameof(options.Timeout), options.Timeout, Shortest, OptionChecks.Longest);
        checks.Time(nameof(options.FirstByteTimeout), options.FirstByteTimeout, Shortest, OptionChecks.Longest);
        checks.Time(nameof(options.TotalTimeout), options.TotalTimeout, Shortest, OptionChecks.Longest);
        checks.Time(nameof(options.QueueTimeout), options.QueueTimeout, TimeSpan.Zero, OptionChecks.Longest);
        checks.Time(nameof(options.KillGrace), options.KillGrace, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        checks.Number(nameof(options.MaxHeaderSize), options.MaxHeaderSize, 256, 16 << 20);
        checks.Number(nameof(options.MaxOutputSize), options.MaxOutputSize ?? long.MaxValue, 1, long.MaxValue);
        checks.Number(nameof(options.SpoolMemory), options.SpoolMemory, 0, 16 << 20);
        checks.Number(nameof(options.MaxConcurrent), options.MaxConcurrent, 1, 100_000);
        checks.Number(nameof(options.QueueLength), options.QueueLength, 0, 1_000_000);
        checks.Variables(nameof(options.Environment), options.Environment);
        checks.VariableNames(nameof(options.PassEnvironment), options.PassEnvironment);
        checks.FileNames(nameof(options.Index), options.Index);
        CheckMethods(options, failures);
        SendFileCheck.Check(failures, nameof(options.SendFileRoots), options.SendFileRoots, nameof(options.SendFileDirectories), options.SendFileDirectories);
        if (options.SpoolDirectory is { } spool && (spool.Length == 0 || spool.Contains('\0', StringComparison.Ordinal)))
        {
            failures.Add("SpoolDirectory: must be the path of a directory");
        }

        failures.AddRange(ProcessLimitsReader.Check(options.Limits).Select(static failure => "Limits:" + failure));
        if (options.PrivateTemp && !OperatingSystem.IsLinux())
        {
            failures.Add("PrivateTemp: needs Linux");
        }

        CheckPython(options, checks, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckInterpreters(CgiOptions options, List<string> failures)
    {
        if (options.Interpreters.Count == 0 && options.Script is null)
        {
            failures.Add("Interpreters: must name at least one ending, for example { \".php\": \"php-cgi\" }");
        }

        foreach (var (ending, command) in options.Interpreters)
        {
            if (ending != ScriptEndings.Any && (ending.Length < 2 || ending[0] != '.' || ending.AsSpan().IndexOfAny('/', '\0') >= 0))
            {
                failures.Add($"Interpreters: '{ending}' must be an ending with its dot, such as \".php\", or \"*\"");
            }
            else if (!Interpreter.TryParse(command, out _, out var error))
            {
                failures.Add($"Interpreters:{ending}: {error}");
            }
        }
    }

    private static void CheckMethods(CgiOptions options, List<string> failures)
    {
        foreach (var method in options.Methods)
        {
            if (string.IsNullOrEmpty(method) || method.AsSpan().ContainsAnyExcept(TokenCharacters))
            {
                failures.Add($"Methods: '{method}' is no method");
            }
            else if (method is HttpMethods.Trace or HttpMethods.Connect)
            {
                failures.Add($"Methods: no script is run for {method}");
            }
        }
    }

    private static void CheckScript(CgiOptions options, List<string> failures)
    {
        if (options.Script is not { } script)
        {
            return;
        }

        if (script.Contains('\0') || script.Split('/').Any(static part => part.Length == 0 || part[0] == '.'))
        {
            failures.Add($"Script: '{script}' must be the path of a file below the entry's root, such as \"cgit.cgi\", without a slash at its beginning and without names that begin with a dot");
        }

        if (options.Index is not null)
        {
            failures.Add("Index: cannot be given with Script, which answers for directories, too");
        }

        if (!options.CheckScriptExists)
        {
            failures.Add("CheckScriptExists: must be true with Script, whose paths need not exist in any case");
        }
    }

    private static void CheckPython(CgiOptions options, OptionChecks checks, List<string> failures)
    {
        var python = options.Python;
        checks.Number($"{nameof(options.Python)}:{nameof(python.MaxRequests)}", python.MaxRequests, 1, 1_000_000_000);
        foreach (var module in python.Preload)
        {
            if (!IsModuleName(module))
            {
                failures.Add($"Python:Preload: '{module}' must be the name of a module, such as \"json\" or \"urllib.parse\"");
            }
        }

        if (!python.Warm && python.Preload.Count > 0)
        {
            failures.Add("Python:Preload: means nothing without \"Warm\": true");
        }

        if (python.Warm
            && !options.Interpreters.Values.Any(static command => Interpreter.TryParse(command, out var interpreter, out _) && WarmCommand.IsPython(interpreter)))
        {
            failures.Add("Python:Warm: none of the Interpreters is python3");
        }
    }

    private static bool IsModuleName(string? name) =>
        !string.IsNullOrEmpty(name)
        && name.Split('.').All(static part => part.Length > 0 && !char.IsAsciiDigit(part[0]) && part.All(static c => char.IsLetterOrDigit(c) || c == '_'));
}
