using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Redirect;

/// <summary>Checks <see cref="RedirectOptions"/>.</summary>
public sealed class RedirectOptionsValidator : IValidateOptions<RedirectOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RedirectOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures = [];
        if (WhatIsWrongWith(options.To) is { } wrong)
        {
            failures.Add("To: " + wrong);
        }

        if (options.Status is not (StatusCodes.MovedPermanently or StatusCodes.Found or StatusCodes.SeeOther
            or StatusCodes.TemporaryRedirect or StatusCodes.PermanentRedirect))
        {
            failures.Add($"Status: {options.Status} is not one of 301, 302, 303, 307, 308");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? WhatIsWrongWith(string? to)
    {
        if (string.IsNullOrEmpty(to))
        {
            return "is missing; a path such as /new/ or a URL such as https://example.com/";
        }

        if (to.AsSpan().ContainsAnyExcept(UriCharacters.Anywhere))
        {
            return $"'{to}' holds characters that must be percent-encoded";
        }

        if (to.StartsWith('/'))
        {
            return to.StartsWith("//", StringComparison.Ordinal) ? $"'{to}' names another host; write its scheme too" : null;
        }

        return Uri.TryCreate(to, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            ? null
            : $"'{to}' is neither a path that begins with a slash nor a URL that begins with http:// or https://";
    }
}
