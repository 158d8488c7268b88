namespace Webserv.Gateway;

/// <summary>Checks that the validators of options share; what is wrong is added to a list.</summary>
/// <param name="failures">What is wrong so far.</param>
internal readonly struct OptionChecks(List<string> failures)
{
    /// <summary>The longest time that timers take.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <summary>A time within bounds.</summary>
    public void Time(string property, TimeSpan? value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            failures.Add($"{property}: must be between {least} and {most}");
        }
    }

    /// <summary>A number within bounds.</summary>
    public void Number(string property, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            failures.Add($"{property}: must be between {least} and {most}");
        }
    }

    /// <summary>Names of environment variables with values.</summary>
    public void Variables(string property, IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach (var (variable, value) in variables)
        {
            if (!IsVariableName(variable))
            {
                failures.Add($"{property}: '{variable}' cannot be the name of an environment variable");
            }
            else if (value is null || value.Contains('\0'))
            {
                failures.Add($"{property}:{variable}: must be a text without NUL");
            }
        }
    }

    /// <summary>Names of environment variables.</summary>
    public void VariableNames(string property, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (!IsVariableName(name))
            {
                failures.Add($"{property}: '{name}' cannot be the name of an environment variable");
            }
        }
    }

    /// <summary>Names of files, without directories.</summary>
    public void FileNames(string property, IEnumerable<string>? names)
    {
        foreach (var name in names ?? [])
        {
            if (string.IsNullOrEmpty(name) || name.AsSpan().IndexOfAny('/', '\0') >= 0)
            {
                failures.Add($"{property}: '{name}' must be the name of a file, without slashes");
            }
        }
    }

    private static bool IsVariableName(string name) => !string.IsNullOrEmpty(name) && name.AsSpan().IndexOfAny('=', '\0', ' ') < 0;
}
