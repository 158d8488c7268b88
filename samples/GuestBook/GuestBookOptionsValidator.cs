using Microsoft.Extensions.Options;

namespace Webserv.Samples.GuestBook;

/// <summary>Checks the options.</summary>
public sealed class GuestBookOptionsValidator : IValidateOptions<GuestBookOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GuestBookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Database))
        {
            failures.Add("Database: no file is named");
        }

        if (options.MaxEntries is < 1 or > 1_000_000)
        {
            failures.Add($"MaxEntries: {options.MaxEntries} is not within 1 to 1000000");
        }

        if (options.PageSize is < 1 or > 200)
        {
            failures.Add($"PageSize: {options.PageSize} is not within 1 to 200");
        }

        if (options.MaxMessageLength is < 1 or > 100_000)
        {
            failures.Add($"MaxMessageLength: {options.MaxMessageLength} is not within 1 to 100000");
        }

        if (options.BusyTimeout < TimeSpan.Zero || options.BusyTimeout > TimeSpan.FromMinutes(1))
        {
            failures.Add($"BusyTimeout: {options.BusyTimeout} is not within 0 to 1 minute");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
