using Webserv.Gateway;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Scripts;
using Webserv.Gateway.SendFile;
using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi;

/// <summary>Checks what the options of the middleware have in common.</summary>
internal static class GatewayOptionsValidator
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Adds everything that is wrong.</summary>
    /// <param name="options">The options.</param>
    /// <param name="failures">What is wrong so far.</param>
    /// <param name="looksUpScripts">Whether there are endings where none is given.</param>
    public static void Check(GatewayOptions options, List<string> failures, bool looksUpScripts)
    {
        var checks = new OptionChecks(failures);
        CheckAddresses(options, failures);
        CheckScripts(options, failures, looksUpScripts);
        checks.FileNames(nameof(options.Index), options.Index);
        checks.Number(nameof(options.MaxConnections), options.MaxConnections, 1, 10_000);
        checks.Time(nameof(options.ConnectTimeout), options.ConnectTimeout, Shortest, TimeSpan.FromHours(1));
        checks.Time(nameof(options.Timeout), options.Timeout, Shortest, OptionChecks.Longest);
        checks.Time(nameof(options.TotalTimeout), options.TotalTimeout, Shortest, OptionChecks.Longest);
        checks.Time(nameof(options.KillGrace), options.KillGrace, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        checks.Number(nameof(options.MaxHeaderSize), options.MaxHeaderSize, 256, 16 << 20);
        SendFileCheck.Check(failures, nameof(options.SendFileRoots), options.SendFileRoots, nameof(options.SendFileDirectories), options.SendFileDirectories);
        checks.Number(nameof(options.QueueLength), options.QueueLength, 0, 1_000_000);
        checks.Time(nameof(options.QueueTimeout), options.QueueTimeout, TimeSpan.Zero, OptionChecks.Longest);
        checks.Number(nameof(options.SpoolMemory), options.SpoolMemory, 0, 16 << 20);
        checks.Variables(nameof(options.Environment), options.Environment);
        checks.VariableNames(nameof(options.PassEnvironment), options.PassEnvironment);
        checks.Number(nameof(options.Workers), options.Workers ?? 1, 1, 1000);
        checks.Number(nameof(options.MaxRequests), options.MaxRequests, 0, 1_000_000_000);
        failures.AddRange(ProcessLimitsReader.Check(options.Limits).Select(static failure => "Limits:" + failure));
        if (options.AllAddresses.Any() && ProcessLimitsReader.IsAnySet(options.Limits))
        {
            failures.Add("Limits: cannot be given together with Address or Addresses: they are those of programs that are started");
        }

        checks.Time(nameof(options.StartTimeout), options.StartTimeout, Shortest, TimeSpan.FromHours(1));
    }

    /// <summary>Adds what is wrong with a command, or with having one, or none.</summary>
    public static void CheckCommand(ProgramOptions options, List<string> failures)
    {
        new OptionChecks(failures).Number(nameof(options.RequestsPerWorker), options.RequestsPerWorker, 1, 1000);
        var hasAddresses = options.AllAddresses.Any();
        if (options.Command is not { } command)
        {
            if (!hasAddresses)
            {
                failures.Add("Address: there must be an Address, Addresses or a Command, for example \"127.0.0.1:9000\"");
            }

            return;
        }

        if (hasAddresses)
        {
            failures.Add("Command: cannot be given together with Address or Addresses");
        }

        if (!OperatingSystem.IsLinux())
        {
            failures.Add("Command: programs can be started on Linux only; start it by other means and give its Address");
        }

        if (!CommandLine.TrySplit(command, out var words, out var error))
        {
            failures.Add($"Command: {error}");
        }
        else if (words is [] or ["", ..])
        {
            failures.Add("Command: must begin with a program");
        }
    }

    /// <summary>Adds what is wrong with the time that connections are kept.</summary>
    public static void CheckKeepAlive(TimeSpan? keepAlive, List<string> failures) =>
        new OptionChecks(failures).Time("KeepAliveTimeout", keepAlive, TimeSpan.Zero, OptionChecks.Longest);

    private static void CheckAddresses(GatewayOptions options, List<string> failures)
    {
        if (options.Address is not null && !BackendAddress.TryParse(options.Address, static path => path, out _, out var error))
        {
            failures.Add($"Address: {error}");
        }

        for (var i = 0; i < options.Addresses.Count; i++)
        {
            if (!BackendAddress.TryParse(options.Addresses[i], static path => path, out _, out error))
            {
                failures.Add($"Addresses:{i}: {error}");
            }
        }

        foreach (var repeated in options.AllAddresses.GroupBy(static address => address, StringComparer.Ordinal).Where(static group => group.Count() > 1))
        {
            failures.Add($"Addresses: '{repeated.Key}' is there more than once");
        }
    }

    private static void CheckScripts(GatewayOptions options, List<string> failures, bool looksUpScripts)
    {
        foreach (var ending in options.Extensions)
        {
            if (ending != ScriptEndings.Any && (ending is not ['.', _, ..] || ending.AsSpan().IndexOfAny('/', '\0') >= 0))
            {
                failures.Add($"Extensions: '{ending}' must be an ending with its dot, such as \".php\", or \"*\"");
            }
        }

        looksUpScripts |= options.Extensions.Count > 0;
        if (options.FrontController is { } controller)
        {
            if (controller is not ['/', _, ..] || controller.Contains('\0', StringComparison.Ordinal) || controller.Contains("/.", StringComparison.Ordinal) || controller.EndsWith('/'))
            {
                failures.Add($"FrontController: '{controller}' must be the path of a script below the entry's root, such as \"/index.php\"");
            }

            if (!looksUpScripts)
            {
                failures.Add("FrontController: cannot be given without Extensions: all requests go to the program");
            }
        }

        if (options.Index is { Count: > 0 } && !looksUpScripts)
        {
            failures.Add("Index: cannot be given without Extensions: all requests go to the program");
        }

        if (options.BackendRoot is { } root && !root.StartsWith('/'))
        {
            failures.Add($"BackendRoot: '{root}' must be an absolute path");
        }
    }
}
