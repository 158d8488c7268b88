using Webserv.Abstractions.Pipeline;
using Webserv.Gateway.Processes;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>A program that is started with a command of the configuration.</summary>
internal static class CommandProgram
{
    /// <summary>Stands in the command for the path of the socket that the program is to make.</summary>
    public const string SocketPlaceholder = "{socket}";

    /// <summary>Makes it of options that the validator has seen; <see langword="null"/> where they have no command.</summary>
    public static WorkerProgram? Create(ProgramOptions options, IPipelineEntry entry)
    {
        if (options.Command is not { } command)
        {
            return null;
        }

        if (!CommandLine.TrySplit(command, out var words, out var error))
        {
            throw new InvalidOperationException(error);
        }

        var environment = new OwnEnvironment(Environment.GetEnvironmentVariable);
        var programs = new ProgramLocator(entry, environment.SearchPath);
        var arguments = words[1..];
        return new WorkerProgram
        {
            Name = words[0],
            Locate = () => programs.Find(words[0]),
            Arguments = place => [.. arguments.Select(argument => argument.Replace(SocketPlaceholder, place.Socket, StringComparison.Ordinal))],
            ListensItself = arguments.Any(static argument => argument.Contains(SocketPlaceholder, StringComparison.Ordinal)),
            WorkingDirectory = entry.ResolvePath("."),
            Environment = MakeEnvironment(options, environment, []),
            Count = options.WorkerCount,
            Capacity = options.RequestsPerWorker,
            IsSingle = true,
            MaxRequests = options.MaxRequests,
            StartTimeout = options.StartTimeout,
            Timeout = options.Timeout,
            KillGrace = options.KillGrace,
        };
    }

    /// <summary>The environment of a program: what is passed on, what the program needs, and what is configured, which wins.</summary>
    public static IReadOnlyDictionary<string, string> MakeEnvironment(
        GatewayOptions options, OwnEnvironment environment, IEnumerable<KeyValuePair<string, string>> needed)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in environment.Passed(options.PassEnvironment).Concat(needed).Concat(options.Environment))
        {
            variables[name] = value;
        }

        return variables;
    }
}
