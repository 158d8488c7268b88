namespace Webserv.Plugins.Cgi.Scripts;

/// <summary>Finds the interpreter for a file name: that of the longest ending that fits, else that of <c>*</c>.</summary>
internal sealed class InterpreterTable
{
    /// <summary>The key that stands for every ending.</summary>
    public const string Any = "*";

    private readonly (string Ending, Interpreter Interpreter)[] _endings;
    private readonly Interpreter? _any;

    public InterpreterTable(IEnumerable<KeyValuePair<string, string>> interpreters)
    {
        var endings = new List<(string Ending, Interpreter Interpreter)>();
        foreach (var (ending, command) in interpreters)
        {
            if (!Interpreter.TryParse(command, out var interpreter, out var error))
            {
                throw new ArgumentException($"{ending}: {error}", nameof(interpreters));
            }

            if (ending == Any)
            {
                _any = interpreter;
            }
            else
            {
                endings.Add((ending, interpreter));
            }
        }

        _endings = [.. endings.OrderByDescending(static entry => entry.Ending.Length)];
    }

    /// <summary>Whether every file is a script.</summary>
    public bool RunsAnyFile => _any is not null;

    /// <summary>The endings that were configured.</summary>
    public IEnumerable<string> Endings => _endings.Select(static entry => entry.Ending);

    /// <summary>Every interpreter.</summary>
    public IEnumerable<Interpreter> All =>
        _any is null ? _endings.Select(static entry => entry.Interpreter) : _endings.Select(static entry => entry.Interpreter).Append(_any);

    /// <summary>The interpreter for a name, or <see langword="null"/> where it is no script's.</summary>
    public Interpreter? Find(ReadOnlySpan<char> name)
    {
        foreach (var (ending, interpreter) in _endings)
        {
            // A name that is nothing but the ending is a hidden file, not a script.
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return interpreter;
            }
        }

        return _any;
    }
}
