using Microsoft.Extensions.Options;

namespace Webserv.Plugins.FastCgi;

/// <summary>Checks <see cref="ScgiOptions"/> and names everything that is wrong at once.</summary>
internal sealed class ScgiOptionsValidator : IValidateOptions<ScgiOptions>
{
    public ValidateOptionsResult Validate(string? name, ScgiOptions options)
    {
        var failures = new List<string>();
        GatewayOptionsValidator.Check(options, failures, looksUpScripts: false);
        GatewayOptionsValidator.CheckCommand(options, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
