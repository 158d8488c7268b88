using System.Text;

namespace Webserv.Host.Configuration;

/// <summary>
/// Puts environment variables into strings: <c>${VAR}</c>, <c>${VAR:-default}</c> (the default where the variable is unset
/// or empty; it may hold variables itself), and <c>$${</c> for a literal <c>${</c>.
/// </summary>
/// <param name="environment">Answers a variable's value, or <see langword="null"/> where it is unset.</param>
internal sealed class VariableSubstitution(Func<string, string?> environment)
{
    // Deeper than anybody writes, and shallow enough for the stack whatever a file holds.
    private const int MaxDepth = 16;

    /// <summary>Substitutes all variables of a string.</summary>
    /// <param name="text">As it stands in the file.</param>
    /// <param name="result">The string with the variables' values, or <see langword="null"/>.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public string? Substitute(string text, out string? result)
    {
        result = text;
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return null;
        }

        var output = new StringBuilder();
        var at = 0;
        var problem = Copy(text, ref at, output, 0);
        result = problem is null ? output.ToString() : null;
        return problem;
    }

    // Without an output the text is only stepped over: a default that is not used may name variables that are not set.
    private string? Copy(string text, ref int at, StringBuilder? output, int depth)
    {
        while (at < text.Length && (depth == 0 || text[at] != '}'))
        {
            var rest = text.AsSpan(at);
            if (rest.StartsWith("$${", StringComparison.Ordinal))
            {
                output?.Append("${");
                at += 3;
            }
            else if (rest.StartsWith("${", StringComparison.Ordinal))
            {
                at += 2;
                if (Variable(text, ref at, output, depth + 1) is { } problem)
                {
                    return problem;
                }
            }
            else
            {
                output?.Append(text[at]);
                at++;
            }
        }

        return null;
    }

    private string? Variable(string text, ref int at, StringBuilder? output, int depth)
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        var name = text[start..at];
        if (depth > MaxDepth)
        {
            return "variables are nested too deeply";
        }

        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            return "'${' must be followed by the name of an environment variable; write $${ for the characters themselves";
        }

        var value = environment(name);
        if (text.AsSpan(at).StartsWith(":-", StringComparison.Ordinal))
        {
            at += 2;
            var alternative = output is not null && string.IsNullOrEmpty(value) ? new StringBuilder() : null;
            if (Copy(text, ref at, alternative, depth) is { } problem)
            {
                return problem;
            }

            value = alternative?.ToString() ?? value;
        }

        if (at >= text.Length || text[at] != '}')
        {
            return $"'${{{name}' needs a closing brace; write ${{{name}}} or ${{{name}:-default}}";
        }

        at++;
        if (value is null && output is not null)
        {
            return $"the environment variable '{name}' is not set; set it, or write ${{{name}:-default}}";
        }

        output?.Append(value);
        return null;
    }
}
