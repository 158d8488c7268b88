using Microsoft.Extensions.Options;

namespace Webserv.Samples.NotesApi;

/// <summary>Checks the options.</summary>
public sealed class NotesApiOptionsValidator : IValidateOptions<NotesApiOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, NotesApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        if (options.MaxNotes is < 1 or > 100_000)
        {
            failures.Add($"MaxNotes: {options.MaxNotes} is not within 1 to 100000");
        }

        if (options.MaxTextLength is < 1 or > 1_000_000)
        {
            failures.Add($"MaxTextLength: {options.MaxTextLength} is not within 1 to 1000000");
        }

        if (options.MaxBodySize.Bytes is < 1 << 10 or > 10 << 20)
        {
            failures.Add($"MaxBodySize: {options.MaxBodySize} is not within 1KB to 10MB");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
