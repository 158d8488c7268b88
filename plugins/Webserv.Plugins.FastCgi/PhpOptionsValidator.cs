using Microsoft.Extensions.Options;

namespace Webserv.Plugins.FastCgi;

/// <summary>Checks <see cref="PhpOptions"/> and names everything that is wrong at once.</summary>
internal sealed class PhpOptionsValidator : IValidateOptions<PhpOptions>
{
    public ValidateOptionsResult Validate(string? name, PhpOptions options)
    {
        var failures = new List<string>();
        GatewayOptionsValidator.Check(options, failures, looksUpScripts: true);
        GatewayOptionsValidator.CheckKeepAlive(options.KeepAliveTimeout, failures);
        var hasAddresses = options.AllAddresses.Any();
        if (options.Program is { } program)
        {
            if (hasAddresses)
            {
                failures.Add("Program: cannot be given together with Address or Addresses");
            }

            var file = Path.GetFileName(program);
            if (!file.StartsWith("php-fpm", StringComparison.Ordinal) && !file.StartsWith("php-cgi", StringComparison.Ordinal))
            {
                failures.Add($"Program: '{program}' must be a php-fpm or php-cgi; for any other use FastCgi");
            }
        }

        if (!hasAddresses && !OperatingSystem.IsLinux())
        {
            failures.Add("Address: PHP can be started on Linux only; start it by other means and give its Address");
        }

        foreach (var (setting, value) in options.Settings)
        {
            if (hasAddresses)
            {
                failures.Add("Settings: cannot be given together with Address or Addresses: they are those of programs that are started");
                break;
            }

            if (setting.Length == 0 || setting.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
            {
                failures.Add($"Settings: '{setting}' cannot be the name of a setting");
            }
            else if (value is null || value.AsSpan().IndexOfAny('\0', '\n', '\r') >= 0)
            {
                failures.Add($"Settings:{setting}: must be a text of one line");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
