namespace Webserv.Host.Http1;

/// <summary>A request-target taken apart (RFC 9112 section 3.2). Immutable, so that one instance can serve many requests.</summary>
/// <param name="Raw">As it was sent.</param>
/// <param name="Path">Decoded and normalised; <c>*</c> for the asterisk form.</param>
/// <param name="Query">Without the question mark; empty where there is none.</param>
/// <param name="Authority">The authority of an absolute-form target, which overrides Host; <see langword="null"/> otherwise.</param>
internal sealed record RequestTarget(string Raw, string Path, string Query, string? Authority)
{
    /// <summary>Whether it is an absolute-form target of https.</summary>
    public bool IsHttps => Authority is not null && Raw.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
}
