using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>Checks <see cref="DirectoryListingOptions"/>.</summary>
public sealed class DirectoryListingOptionsValidator : IValidateOptions<DirectoryListingOptions>
{
    private const long LargestReadme = 64 << 10;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DirectoryListingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures = [];
        CheckNames(failures, nameof(options.Hide), options.Hide, "a pattern");
        if (!Enum.IsDefined(options.SymbolicLinks))
        {
            failures.Add($"SymbolicLinks: '{options.SymbolicLinks}' is not one of {string.Join(", ", Enum.GetNames<SymbolicLinkPolicy>())}");
        }

        if (options.PageSize is < 1 or > 100_000)
        {
            failures.Add($"PageSize: {options.PageSize} is not within 1 to 100000");
        }

        if (options.MaxEntries is < 1 or > 1_000_000)
        {
            failures.Add($"MaxEntries: {options.MaxEntries} is not within 1 to 1000000");
        }

        CheckNames(failures, nameof(options.Readme), options.Readme ?? [], "a name");
        if (options.ReadmeMaxSize.Bytes is < 1 or > LargestReadme)
        {
            failures.Add($"ReadmeMaxSize: {options.ReadmeMaxSize} is not within 1 byte to 64 KB");
        }

        if (options.Template is { } template && string.IsNullOrWhiteSpace(template))
        {
            failures.Add("Template: must name a file");
        }

        if (options.ContentSecurityPolicy is { } policy && (string.IsNullOrWhiteSpace(policy) || policy.AsSpan().ContainsAnyExceptInRange(' ', '~')))
        {
            failures.Add("ContentSecurityPolicy: must be printable ASCII, and not empty");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckNames(List<string> failures, string option, IList<string> names, string what)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.IsNullOrEmpty(names[i]) || names[i].Contains('/', StringComparison.Ordinal))
            {
                failures.Add($"{option}:{i}: '{names[i]}' is not {what} of a single file or directory");
            }
        }
    }
}
