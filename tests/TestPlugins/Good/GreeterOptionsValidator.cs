using Microsoft.Extensions.Options;

namespace Webserv.TestPlugins.Good;

/// <summary>Knows what can be said.</summary>
internal sealed class GreeterOptionsValidator : IValidateOptions<GreeterOptions>
{
    public ValidateOptionsResult Validate(string? name, GreeterOptions options)
    {
        var failures = new List<string>();
        if (options.Greeting.Length == 0)
        {
            failures.Add("Greeting: must not be empty");
        }

        if (options.Times is < 1 or > 10)
        {
            failures.Add("Times: must be 1 to 10");
        }

        if (options is { Tone: Tone.Loud, Times: > 5 })
        {
            failures.Add("that is too much: please be quiet");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
