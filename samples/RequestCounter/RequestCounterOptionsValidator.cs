using Microsoft.Extensions.Options;

namespace Webserv.Samples.RequestCounter;

/// <summary>Checks the options.</summary>
public sealed class RequestCounterOptionsValidator : IValidateOptions<RequestCounterOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RequestCounterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.ReportPath is null || options.ReportPath.StartsWith('/')
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"ReportPath: '{options.ReportPath}' does not begin with a slash");
    }
}
