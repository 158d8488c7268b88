using Microsoft.Extensions.Options;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>Checks <see cref="DirectoryListingOptions"/>.</summary>
public sealed class DirectoryListingOptionsValidator : IValidateOptions<DirectoryListingOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DirectoryListingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures = [];
        if (!Enum.IsDefined(options.SymbolicLinks))
        {
            failures.Add($"SymbolicLinks: '{options.SymbolicLinks}' is not one of InsideRoot, Deny, Follow");
        }

        if (options.MaxEntries is < 1 or > 100_000)
        {
            failures.Add($"MaxEntries: {options.MaxEntries} is not within 1 to 100000");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
