namespace Webserv.Plugins.StaticFiles;

/// <summary>How long some of the files may be kept by caches.</summary>
public sealed class CacheRule
{
    /// <summary>
    /// The files that it is for, by their path below the root, whatever path they were asked for by: <c>/assets/*</c> is
    /// everything below that directory, <c>*.css</c> and <c>index.html</c>, without a slash, are names in any directory. <c>*</c>
    /// stands for any characters but a slash and <c>?</c> for one of them; upper and lower case are different. Required.
    /// </summary>
    public IList<string> Match { get; set; } = [];

    /// <summary>The Cache-Control field, for example <c>public, max-age=31536000, immutable</c>. Default: what <c>Expires</c> says, as max-age.</summary>
    public string? CacheControl { get; set; }

    /// <summary>
    /// How long after the answer the Expires field is, 0 to 3650 days; caches that know Cache-Control go by max-age there.
    /// Default: no such field.
    /// </summary>
    public TimeSpan? Expires { get; set; }
}
