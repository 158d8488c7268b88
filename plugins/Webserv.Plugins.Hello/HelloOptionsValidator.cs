using Microsoft.Extensions.Options;

namespace Webserv.Plugins.Hello;

/// <summary>Checks the options before the pipeline is built, so that a mistake is reported at the start and not while serving.</summary>
public sealed class HelloOptionsValidator : IValidateOptions<HelloOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HelloOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // "Property: what is wrong": the host adds file, line and path of that property.
        return string.IsNullOrWhiteSpace(options.Greeting)
            ? ValidateOptionsResult.Fail("Greeting: must not be empty")
            : ValidateOptionsResult.Success;
    }
}
