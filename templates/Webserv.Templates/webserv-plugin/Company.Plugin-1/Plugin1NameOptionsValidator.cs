using Microsoft.Extensions.Options;
#if (filter)
using Webserv.Abstractions.Http;
#endif

namespace Company.Plugin_1;

/// <summary>Checks the options before a server takes them: a mistake is reported by <c>webserv check</c>, with its line.</summary>
public sealed class Plugin1NameOptionsValidator : IValidateOptions<Plugin1NameOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, Plugin1NameOptions options)
    {
        var failures = new List<string>();
#if (filter)
        if (options.Field.Length == 0 || !options.Field.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            failures.Add($"Field: '{options.Field}' is no name of a field");
        }

        if (options.Value.Length == 0 || options.Value.Any(c => c is < ' ' or > '~'))
        {
            failures.Add("Value: must not be empty, and consists of ASCII characters that can be seen");
        }
#else
        if (string.IsNullOrWhiteSpace(options.Text))
        {
            failures.Add("Text: must not be empty");
        }
#endif

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
