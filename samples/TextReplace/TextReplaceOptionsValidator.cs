using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;

namespace Webserv.Samples.TextReplace;

/// <summary>Checks the options.</summary>
public sealed class TextReplaceOptionsValidator : IValidateOptions<TextReplaceOptions>
{
    private const int MaxCount = 100;
    private const int MaxSearch = 1000;
    private const int MaxReplacement = 10_000;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TextReplaceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        if (options.Replace is not { Count: > 0 and <= MaxCount })
        {
            failures.Add($"Replace: {options.Replace?.Count ?? 0} is not within 1 to {MaxCount}");
        }

        foreach (var (search, replacement) in options.Replace ?? new Dictionary<string, string>())
        {
            if (Encoding.UTF8.GetByteCount(search) is 0 or > MaxSearch)
            {
                failures.Add($"Replace:{search}: what is replaced has 1 to {MaxSearch} bytes");
            }

            if (Encoding.UTF8.GetByteCount(replacement) > MaxReplacement)
            {
                failures.Add($"Replace:{search}: what it is replaced by has at most {MaxReplacement} bytes");
            }
        }

        for (var index = 0; index < (options.ContentTypes?.Count ?? 0); index++)
        {
            var text = options.ContentTypes![index];
            if (!MediaTypeHeaderValue.TryParse(text, out var type) || type.Parameters.Count > 0)
            {
                failures.Add($"ContentTypes:{index}: '{text}' is no media type such as text/html");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
