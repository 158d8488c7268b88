using System.CommandLine;
using System.CommandLine.Parsing;
using Webserv.Host.Configuration;

namespace Webserv.Host.Commands;

/// <summary>How a command is told its configuration: by <c>--config F</c>, or where it takes nothing else by F alone.</summary>
internal sealed class ConfigurationFile
{
    /// <summary>The option that names it.</summary>
    public const string OptionName = "--config";

    /// <summary>The file that is taken where none is named.</summary>
    public const string Default = "appsettings.json";

    private const string ArgumentName = "file";

    private readonly Option<string>? _option;
    private readonly Argument<string?>? _argument;

    private ConfigurationFile(Option<string>? option, Argument<string?>? argument) => (_option, _argument) = (option, argument);

    /// <summary>Lets a command be told by the option alone, its subcommands too.</summary>
    public static ConfigurationFile AddOption(Command command)
    {
        var option = NewOption();
        option.Recursive = true;
        command.Add(option);
        return new ConfigurationFile(option, null);
    }

    /// <summary>Lets a command be told by the file alone.</summary>
    /// <param name="command">The command.</param>
    /// <param name="others">Commands whose options somebody may mean to give to this one.</param>
    public static ConfigurationFile AddArgument(Command command, params Command[] others)
    {
        var argument = NewArgument(command, others);
        command.Add(argument);
        return new ConfigurationFile(null, argument);
    }

    /// <summary>Lets a command be told either way.</summary>
    public static ConfigurationFile AddBoth(Command command)
    {
        var (option, argument) = (NewOption(), NewArgument(command, []));
        command.Add(option);
        command.Add(argument);
        command.Validators.Add(result =>
        {
            if (result.GetResult(argument) is { Tokens.Count: > 0 } && result.GetResult(option) is { Implicit: false })
            {
                result.AddError("The configuration file is named twice, with --config and without.");
            }
        });
        return new ConfigurationFile(option, argument);
    }

    /// <summary>The file, or <see cref="Default"/>.</summary>
    public string Of(ParseResult result) =>
        (_argument is null ? null : result.GetValue(_argument)) ?? (_option is null ? Default : result.GetRequiredValue(_option));

    /// <summary>Hides the argument, which is that of the root, from the usage of a subcommand.</summary>
    /// <returns>What was given for it, before the subcommand.</returns>
    public string? Withdraw(ParseResult result)
    {
        _argument!.Hidden = true;
        return result.GetValue(_argument);
    }

    /// <summary>Whether a command is told by the file alone, too.</summary>
    public static bool IsArgumentOf(Command command) => command.Arguments.Any(argument => argument.Name == ArgumentName);

    private static Option<string> NewOption() => new(OptionName, "-c")
    {
        Description = "The configuration file.",
        HelpName = ArgumentName,
        DefaultValueFactory = _ => Default,
    };

    private static Argument<string?> NewArgument(Command command, Command[] others)
    {
        var argument = new Argument<string?>(ArgumentName)
        {
            Description = $"The configuration file; {Default} where it is left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] name }] && !File.Exists(name))
            {
                result.AddError($"there is no option '{name}'{Advise(name, command, others)}");
            }
        });
        return argument;
    }

    /// <summary>Which option was meant: one of a command that has to be named first, or one that is spelled nearly so.</summary>
    private static string Advise(string name, Command command, Command[] others)
    {
        name = name.Split('=', ':')[0];
        if (others.Where(other => NamesOf(other).Contains(name, StringComparer.Ordinal)).Select(other => other.Name).ToArray() is { Length: > 0 } owners)
        {
            return $" without a command; '{name}' is one of {string.Join(", ", owners.Select(owner => "webserv " + owner))}";
        }

        return NearestName.Find(name, NamesOf(command)) is { } near ? $"; did you mean '{near}'?" : "";
    }

    private static IEnumerable<string> NamesOf(Command command) => command.Options.SelectMany(option => option.Aliases.Append(option.Name));
}
