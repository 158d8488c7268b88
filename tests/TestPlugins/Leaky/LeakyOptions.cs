using Microsoft.Extensions.Options;

namespace Webserv.TestPlugins.Leaky;

/// <summary>The options of <see cref="LeakyMiddleware"/>.</summary>
public sealed class LeakyOptions
{
    /// <summary>What is forgotten.</summary>
    public Leak Leak { get; set; }
}

/// <summary>Refuses nothing.</summary>
public sealed class LeakyOptionsValidator : IValidateOptions<LeakyOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LeakyOptions options) => ValidateOptionsResult.Success;
}
