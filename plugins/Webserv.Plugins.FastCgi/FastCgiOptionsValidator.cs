using Microsoft.Extensions.Options;

namespace Webserv.Plugins.FastCgi;

/// <summary>Checks <see cref="FastCgiOptions"/> and names everything that is wrong at once.</summary>
internal sealed class FastCgiOptionsValidator : IValidateOptions<FastCgiOptions>
{
    public ValidateOptionsResult Validate(string? name, FastCgiOptions options)
    {
        var failures = new List<string>();
        GatewayOptionsValidator.Check(options, failures, looksUpScripts: false);
        GatewayOptionsValidator.CheckCommand(options, failures);
        GatewayOptionsValidator.CheckKeepAlive(options.KeepAliveTimeout, failures);
        if (options.Role == ProgramRole.Authorizer && options.Extensions.Count > 0)
        {
            failures.Add("Extensions: cannot be given with the role Authorizer, which decides about all requests of the entry");
        }

        if (options.Role == ProgramRole.Filter)
        {
            if (options.Extensions.Count == 0)
            {
                failures.Add("Extensions: must say which files the role Filter works on, such as \".shtml\", or \"*\" for all");
            }

            if (!options.CheckScriptExists)
            {
                failures.Add("CheckScriptExists: must be true with the role Filter, which is sent the file");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
