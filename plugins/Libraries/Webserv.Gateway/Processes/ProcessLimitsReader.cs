using Webserv.Gateway.Processes.Linux;

namespace Webserv.Gateway.Processes;

/// <summary>Checks <see cref="ProcessLimitOptions"/> and makes <see cref="ProcessLimits"/> of them.</summary>
internal static class ProcessLimitsReader
{
    private const long LeastMemory = 16 << 20;
    private const int LeastOpenFiles = 16;
    private const int MostPermissions = 0x1FF; // 0777

    /// <summary>What is wrong with the options themselves, each with the name of the property.</summary>
    public static IEnumerable<string> Check(ProcessLimitOptions options)
    {
        if (options.Memory is { Bytes: < LeastMemory })
        {
            yield return "Memory: must be 16MB or more";
        }

        if (options.CpuTime is { } time && (time < TimeSpan.FromSeconds(1) || time > TimeSpan.FromDays(24)))
        {
            yield return "CpuTime: must be between 1 second and 24 days";
        }

        if (options.Processes is < 1)
        {
            yield return "Processes: must be 1 or more";
        }

        if (options.OpenFiles is < LeastOpenFiles)
        {
            yield return "OpenFiles: must be 16 or more";
        }

        if (options.Niceness is < -20 or > 19)
        {
            yield return "Niceness: must be between -20 and 19";
        }

        if (options.Umask is not null && ParseUmask(options.Umask) is null)
        {
            yield return $"Umask: '{options.Umask}' must be octal, 000 to 777";
        }

        foreach (var (name, value) in new[] { ("User", options.User), ("Group", options.Group) })
        {
            if (value is not null && (value.Length == 0 || value.Contains('\0')))
            {
                yield return $"{name}: must be a name or a number";
            }
        }

        if (OperatingSystem.IsLinux() && IsName(options.User) && Accounts.FindUser(options.User!) is null)
        {
            yield return $"User: there is no user '{options.User}'";
        }

        if (OperatingSystem.IsLinux() && IsName(options.Group) && Accounts.FindGroup(options.Group!) is null)
        {
            yield return $"Group: there is no group '{options.Group}'";
        }
    }

    /// <summary>Whether any of them is set.</summary>
    public static bool IsAnySet(ProcessLimitOptions options) => options is not
    {
        Memory: null, CpuTime: null, Processes: null, OpenFiles: null, FileSize: null, CoreSize: null, Niceness: null, User: null, Group: null, Umask: null,
    };

    /// <summary>The limits that options stand for, after a program has been started with them to see that they can be had.</summary>
    /// <param name="options">Options in which <see cref="Check"/> finds nothing wrong.</param>
    /// <param name="runner">What will start programs with them.</param>
    /// <param name="problems">What cannot be had here is added.</param>
    /// <param name="cancellation">Cancelled when nobody waits for it.</param>
    public static async Task<ProcessLimits> ReadAsync(
        ProcessLimitOptions options, IProcessRunner runner, ICollection<string> problems, CancellationToken cancellation)
    {
        var limits = Read(options, problems);
        if (problems.Count == 0 && await runner.FindProblemAsync(limits, cancellation).ConfigureAwait(false) is { } problem)
        {
            problems.Add(problem);
        }

        return limits;
    }

    /// <summary>The limits that options stand for, their names looked up in the system.</summary>
    /// <param name="options">Options in which <see cref="Check"/> finds nothing wrong.</param>
    /// <param name="problems">What cannot be had here is added.</param>
    public static ProcessLimits Read(ProcessLimitOptions options, ICollection<string> problems)
    {
        var limits = new ProcessLimits
        {
            Memory = options.Memory?.Bytes,
            CpuTime = options.CpuTime is { } time ? (long)Math.Ceiling(time.TotalSeconds) : null,
            Processes = options.Processes,
            OpenFiles = options.OpenFiles,
            FileSize = options.FileSize?.Bytes,
            CoreSize = options.CoreSize?.Bytes,
            Niceness = options.Niceness,
            Umask = options.Umask is null ? null : ParseUmask(options.Umask),
            Identity = ReadIdentity(options, problems),
        };
        if (limits.Processes is not null && options.User is null && Accounts.IsRoot)
        {
            problems.Add("Processes: does not hold for root; set User to run scripts as somebody else");
        }

        return limits == ProcessLimits.None || limits.CoreSize is not null ? limits : limits with { CoreSize = 0 };
    }

    private static ProcessIdentity? ReadIdentity(ProcessLimitOptions options, ICollection<string> problems)
    {
        if (options.User is null && options.Group is null)
        {
            return null;
        }

        if (!Accounts.IsRoot)
        {
            problems.Add($"{(options.User is null ? "Group" : "User")}: the server must run as root to run scripts as somebody else");
            return null;
        }

        uint? group = null;
        if (options.Group is { } groupName && (group = Accounts.FindGroup(groupName)) is null)
        {
            problems.Add($"Group: there is no group '{groupName}'");
        }

        if (options.User is not { } userName)
        {
            return group is null ? null : new ProcessIdentity(0, group.Value, []);
        }

        if (Accounts.FindUser(userName) is not { } user)
        {
            problems.Add($"User: there is no user '{userName}'");
            return null;
        }

        if ((group ?? user.Group) is not { } used)
        {
            problems.Add($"Group: must be set, since the system knows no user with the number {user.Id}");
            return null;
        }

        return new ProcessIdentity(user.Id, used, user.Name is null ? [] : Accounts.GroupsOf(user.Name, used));
    }

    private static bool IsName(string? text) => !string.IsNullOrEmpty(text) && !text.Contains('\0', StringComparison.Ordinal);

    private static int? ParseUmask(string text)
    {
        var value = 0;
        foreach (var digit in text)
        {
            if (digit is < '0' or > '7' || (value = (value << 3) + (digit - '0')) > MostPermissions)
            {
                return null;
            }
        }

        return text.Length == 0 ? null : value;
    }
}
