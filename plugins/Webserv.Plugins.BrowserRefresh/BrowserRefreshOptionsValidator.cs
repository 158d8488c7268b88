using System.Buffers;
using Microsoft.Extensions.Options;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>Checks <see cref="BrowserRefreshOptions"/>.</summary>
public sealed class BrowserRefreshOptionsValidator : IValidateOptions<BrowserRefreshOptions>
{
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.-_");

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BrowserRefreshOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // No dot segments and no empty ones: no request has them when it is compared.
        var segments = options.Path.Split('/');
        return segments is ["", _, ..] && !segments.Skip(1).Any(segment => segment is "" or "." or "..") && !options.Path.AsSpan().ContainsAnyExcept(PathCharacters)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Path: '{options.Path}' is no path of letters, digits and . - _ such as /.webserv/refresh");
    }
}
