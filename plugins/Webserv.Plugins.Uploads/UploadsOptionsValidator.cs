using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>Checks <see cref="UploadsOptions"/>.</summary>
public sealed class UploadsOptionsValidator : IValidateOptions<UploadsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, UploadsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures = [];
        Check(options.Directory is null || (options.Directory.Length > 0 && !options.Directory.Contains('\0', StringComparison.Ordinal)), "Directory: must not be empty");
        Check(Enum.IsDefined(options.Conflict), $"Conflict: '{options.Conflict}' is not one of Reject, Replace, Rename");
        Check(options.MaxFileNameLength is >= 1 and <= 255, $"MaxFileNameLength: {options.MaxFileNameLength} is not within 1 to 255");
        Check(options.MaxDirectoryDepth is >= 1 and <= 1000, $"MaxDirectoryDepth: {options.MaxDirectoryDepth} is not within 1 to 1000");
        Check(options.MaxFiles is >= 1 and <= 1000, $"MaxFiles: {options.MaxFiles} is not within 1 to 1000");
        Check(options.MaxFileSize.Bytes >= 0, "MaxFileSize: must not be negative");
        Check(options.MaxTotalSize.Bytes >= 0, "MaxTotalSize: must not be negative");
        for (var i = 0; i < options.Methods.Count; i++)
        {
            Check(
                options.Methods[i] is HttpMethods.Post or HttpMethods.Put or HttpMethods.Delete,
                $"Methods:{i}: '{options.Methods[i]}' is not one of POST, PUT, DELETE");
        }

        for (var i = 0; i < options.AllowedExtensions.Count; i++)
        {
            var extension = options.AllowedExtensions[i];
            Check(
                extension is { Length: >= 2 } && extension[0] == '.' && !extension.AsSpan(1).ContainsAny("./\\\0"),
                $"AllowedExtensions:{i}: '{extension}' is no extension such as .png");
        }

        Check(IsLocation(options.RedirectTo), $"RedirectTo: '{options.RedirectTo}' is neither a path such as /uploads/ nor a URL, percent-encoded");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool isRight, string failure)
        {
            if (!isRight)
            {
                failures.Add(failure);
            }
        }
    }

    private static bool IsLocation(string? location) =>
        location is null
        || (!location.AsSpan().ContainsAnyExceptInRange('!', '~')
            && ((location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal) && !location.Contains('\\', StringComparison.Ordinal))
                || (Uri.TryCreate(location, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")));
}
