using Webserv.Gateway.Scripts;

namespace Webserv.Plugins.Cgi.Scripts;

/// <summary>Which interpreter runs which scripts.</summary>
internal sealed class InterpreterTable
{
    private readonly Dictionary<string, Interpreter> _interpreters = new(StringComparer.OrdinalIgnoreCase);

    public InterpreterTable(IEnumerable<KeyValuePair<string, string>> interpreters)
    {
        foreach (var (ending, command) in interpreters)
        {
            if (!Interpreter.TryParse(command, out var interpreter, out var error))
            {
                throw new ArgumentException($"{ending}: {error}", nameof(interpreters));
            }

            _interpreters[ending] = interpreter;
        }

        Endings = new ScriptEndings(_interpreters.Keys);
    }

    /// <summary>The endings that were configured.</summary>
    public ScriptEndings Endings { get; }

    /// <summary>Every interpreter.</summary>
    public IEnumerable<Interpreter> All => _interpreters.Values;

    /// <summary>The interpreter for one of <see cref="Endings"/>.</summary>
    public Interpreter this[string ending] => _interpreters[ending];
}
