using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using Webserv.Host.Configuration;

namespace Webserv.Host.Commands;

/// <summary>The command line: <c>run</c>, <c>check</c>, <c>plugins</c>, <c>schema</c>, <c>reload</c>, <c>version</c>, and <c>webserv [F]</c> for <c>run --config F</c>.</summary>
/// <param name="server">The server that the commands are about.</param>
/// <param name="signals">Reaches a running server.</param>
internal sealed class CommandLine(IServerHost server, ISignals signals)
{
    /// <summary>Does what the arguments say.</summary>
    /// <param name="arguments">Without the name of the program.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="errors">Standard error.</param>
    /// <param name="cancellation">Ends a running server.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> InvokeAsync(string[] arguments, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        var result = BuildRoot(out var file).Parse(arguments);
        var problems = Explain(result, file).ToArray();
        if (problems.Length > 0)
        {
            foreach (var problem in problems)
            {
                await errors.WriteLineAsync("webserv: " + problem).ConfigureAwait(false);
            }

            await errors.WriteLineAsync("webserv --help lists the commands").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        // The server handles signals itself: the library would end the process two seconds after the first one.
        var configuration = new InvocationConfiguration { Output = output, Error = errors, ProcessTerminationTimeout = null };
        return await result.InvokeAsync(configuration, cancellation).ConfigureAwait(false);
    }

    /// <summary>What the arguments have that is not understood.</summary>
    private static IEnumerable<string> Explain(ParseResult result, ConfigurationFile file)
    {
        var path = new List<Command>();
        for (SymbolResult? at = result.CommandResult; at is CommandResult { Command: var command }; at = at.Parent)
        {
            path.Insert(0, command);
        }

        var name = string.Join(' ', path.Skip(1).Select(one => one.Name));
        var takesConfiguration = path.SelectMany(one => one.Options).Any(option => option.Name == ConfigurationFile.OptionName);
        if (name.Length > 0 && file.Withdraw(result) is { } misplaced)
        {
            yield return $"'{misplaced}' stands before the command '{name}'"
                + (takesConfiguration ? $": webserv {name} {ConfigurationFile.OptionName} {misplaced}" : "");
        }

        foreach (var error in result.Errors)
        {
            yield return error.Message;
        }

        if (takesConfiguration && !ConfigurationFile.IsArgumentOf(path[^1]) && result.UnmatchedTokens.Any(token => !token.StartsWith('-')))
        {
            yield return $"the configuration is named by {ConfigurationFile.OptionName}: webserv {name} {ConfigurationFile.OptionName} FILE";
        }
    }

    private static Option<string?> PidFileOption(string description) => new("--pid-file") { Description = description, HelpName = "file" };

    private static TextWriter Output(ParseResult result) => result.InvocationConfiguration.Output;

    private static TextWriter Errors(ParseResult result) => result.InvocationConfiguration.Error;

    private RootCommand BuildRoot(out ConfigurationFile file)
    {
        var root = new RootCommand("Webserv, a web server. Without a command it runs: webserv [file] is webserv run --config file.");
        Command[] commands = [BuildRun(), BuildCheck(), BuildPlugins(), BuildSchema(), BuildReload(), BuildVersion()];
        foreach (var command in commands)
        {
            root.Add(command);
        }

        var configuration = file = ConfigurationFile.AddArgument(root, commands);
        root.SetAction(async (result, cancellation) =>
        {
            var path = configuration.Of(result);
            if (!File.Exists(path) && NearestName.Find(path, commands.Select(command => command.Name)) is { } near)
            {
                await Errors(result).WriteLineAsync($"webserv: there is neither a command nor a file '{path}'; did you mean '{near}'?").ConfigureAwait(false);
                return ExitCodes.Usage;
            }

            return await server.RunAsync(path, pidFile: null, Output(result), Errors(result), cancellation).ConfigureAwait(false);
        });
        return root;
    }

    private Command BuildRun()
    {
        var pidFile = PidFileOption("Holds the id of the process while it serves, for webserv reload.");
        var command = new Command("run", "Runs the server.") { pidFile };
        var file = ConfigurationFile.AddBoth(command);
        command.SetAction((result, cancellation) =>
            server.RunAsync(file.Of(result), result.GetValue(pidFile), Output(result), Errors(result), cancellation));
        return command;
    }

    private Command BuildCheck()
    {
        var command = new Command("check", "Says everything that is wrong with a configuration, without running it.");
        var file = ConfigurationFile.AddBoth(command);
        command.SetAction((result, cancellation) =>
            server.CheckAsync(file.Of(result), Output(result), Errors(result), cancellation));
        return command;
    }

    private Command BuildPlugins()
    {
        var command = new Command("plugins", "Shows plugins, and lets versions of them come back.");
        var file = ConfigurationFile.AddOption(command);
        var found = new Option<bool>("--found") { Description = "Those that the configuration finds, whatever runs." };
        var json = new Option<bool>("--json") { Description = "Those of the running server, as a line of JSON." };
        var list = new Command("list", "Lists the plugins of the running server (ControlSocket), or those that are found where none runs.") { found, json };
        list.Validators.Add(result =>
        {
            if (result.GetValue(found) && result.GetValue(json))
            {
                result.AddError("--found and --json exclude each other.");
            }
        });
        list.SetAction((result, cancellation) =>
        {
            var listing = result.GetValue(found) ? PluginListing.Found : result.GetValue(json) ? PluginListing.RunningAsJson : PluginListing.Running;
            return server.ListPluginsAsync(file.Of(result), listing, Output(result), Errors(result), cancellation);
        });
        var id = new Argument<string>("id") { Description = "The id of the plugin." };
        var inspect = new Command("inspect", "Shows what a plugin offers, with every option.") { id };
        inspect.SetAction((result, cancellation) =>
            server.InspectPluginAsync(file.Of(result), result.GetRequiredValue(id), Output(result), Errors(result), cancellation));
        var reference = new Command("reference", "Prints what the loaded plugins offer, with every option, as a page in Markdown.");
        reference.SetAction((result, cancellation) =>
            server.WritePluginReferenceAsync(file.Of(result), Output(result), Errors(result), cancellation));
        var path = new Argument<string>("path") { Description = "The folder of the plugin, or its file." };
        var hash = new Command("hash", "Prints the SHA-256 of a plugin's files, to be trusted or signed (Plugins.Trust). Its code does not run.") { path };
        hash.SetAction((result, _) => server.HashPluginAsync(result.GetRequiredValue(path), Output(result), Errors(result)));
        var versions = new Command("versions", "Lists the versions of a plugin that are kept.") { id };
        versions.SetAction((result, _) =>
            server.ListPluginVersionsAsync(file.Of(result), result.GetRequiredValue(id), Output(result), Errors(result)));
        var to = new Option<string?>("--to") { Description = "The beginning of the hash of a version; without it, the one that served before.", HelpName = "hash" };
        var rollback = new Command("rollback", "Lets a version of a plugin come back that served before.") { id, to };
        rollback.SetAction((result, _) =>
            server.RollBackPluginAsync(file.Of(result), result.GetRequiredValue(id), result.GetValue(to), Output(result), Errors(result)));
        Command[] subcommands = [list, inspect, reference, hash, versions, rollback];
        foreach (var subcommand in subcommands)
        {
            command.Add(subcommand);
        }

        return command;
    }

    private static Command BuildSchema()
    {
        var markdown = new Option<bool>("--markdown") { Description = "The reference page in place of the JSON schema." };
        var command = new Command("schema", "Prints the JSON schema of configuration files.") { markdown };
        command.SetAction(async (result, _) =>
        {
            await Output(result).WriteAsync(result.GetValue(markdown) ? ConfigurationReference.ToMarkdown() : ConfigurationSchema.ToJson()).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    private Command BuildReload()
    {
        var pidFile = PidFileOption("The file that the server was started with: webserv run --pid-file FILE.");
        var command = new Command("reload", "Makes a running server read its configuration and plugins again.") { pidFile };
        command.SetAction(async (result, _) =>
        {
            if (result.GetValue(pidFile) is not { } path)
            {
                await Errors(result).WriteLineAsync(
                    "webserv: which server? Start it with webserv run --pid-file FILE and name the same file here, or send it SIGHUP: kill -HUP PID").ConfigureAwait(false);
                return ExitCodes.Usage;
            }

            if ((PidFile.Read(path, out var id) ?? signals.Hangup(id)) is { } problem)
            {
                await Errors(result).WriteLineAsync("webserv: " + problem).ConfigureAwait(false);
                return ExitCodes.Failure;
            }

            await Output(result).WriteLineAsync($"process {id} is reloading; its log says how it went").ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command BuildVersion()
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction(async (result, _) =>
        {
            var version = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            await Output(result).WriteLineAsync("webserv " + version).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }
}
