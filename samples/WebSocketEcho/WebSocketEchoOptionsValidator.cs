using Microsoft.Extensions.Options;

namespace Webserv.Samples.WebSocketEcho;

/// <summary>Checks the options.</summary>
public sealed class WebSocketEchoOptionsValidator : IValidateOptions<WebSocketEchoOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, WebSocketEchoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        for (var index = 0; index < (options.Origins?.Count ?? 0); index++)
        {
            // As browsers send it (RFC 6454 section 6.1): scheme, host, and a port unless it is the scheme's own.
            var origin = options.Origins![index];
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin)
            {
                failures.Add($"Origins:{index}: '{origin}' is no origin such as https://example.com");
            }
        }

        if (options.MaxMessageSize.Bytes is < 1 or > 1 << 30)
        {
            failures.Add($"MaxMessageSize: {options.MaxMessageSize} is not within 1 byte to 1 GB");
        }

        if (options.IdleTimeout < TimeSpan.FromSeconds(1) || options.IdleTimeout > TimeSpan.FromDays(1))
        {
            failures.Add($"IdleTimeout: {options.IdleTimeout} is not within 1 second to 1 day");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
