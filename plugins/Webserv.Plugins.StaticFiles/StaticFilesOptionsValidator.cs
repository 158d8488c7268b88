using System.Buffers;
using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Representations;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Checks <see cref="StaticFilesOptions"/>.</summary>
public sealed class StaticFilesOptionsValidator : IValidateOptions<StaticFilesOptions>
{
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly FrozenSet<string> OwnFields = new[]
    {
        Fields.AcceptRanges, Fields.CacheControl, Fields.Connection, Fields.ContentEncoding, Fields.ContentLength, Fields.ContentRange,
        Fields.ContentType, Fields.Date, Fields.ETag, Fields.Expires, Fields.LastModified, Fields.TransferEncoding, Fields.XContentTypeOptions,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly TimeSpan LongestExpires = TimeSpan.FromDays(3650);

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, StaticFilesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures = [];
        var index = options.GetIndex();
        for (var i = 0; i < index.Count; i++)
        {
            if (string.IsNullOrEmpty(index[i]) || index[i] is "." or ".." || index[i].AsSpan().ContainsAny('/', '\\', '\0'))
            {
                failures.Add($"Index:{i}: '{index[i]}' is not the name of a file; write a name without slashes");
            }
            else if (StaticFilesPathsValidator.IsScript(index[i]))
            {
                failures.Add($"Index:{i}: {StaticFilesPathsValidator.Script(index[i])}, by its own option Index (Cgi, Php, FastCgi)");
            }
        }

        foreach (var (extension, type) in options.ContentTypes)
        {
            var bare = extension.StartsWith('.') ? extension.AsSpan(1) : extension;
            if (bare.IsEmpty || bare.StartsWith('.') || bare.EndsWith('.') || bare.ContainsAny('/', '\\'))
            {
                failures.Add($"ContentTypes:{extension}: '{extension}' is not an extension; write the part behind a dot, for example .md or .d.ts");
            }

            if (!IsMediaType(type))
            {
                failures.Add($"ContentTypes:{extension}: '{type}' is not a media type; write type/subtype, for example text/markdown");
            }
        }

        if (options.DefaultContentType is { Length: > 0 } fallback && !IsMediaType(fallback))
        {
            failures.Add($"DefaultContentType: '{fallback}' is not a media type; write type/subtype, for example text/plain");
        }

        if (options.Charset is { Length: > 0 } charset && charset.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            failures.Add($"Charset: '{charset}' is not the name of a charset, for example utf-8");
        }

        if (!Enum.IsDefined(options.SymbolicLinks))
        {
            failures.Add($"SymbolicLinks: '{options.SymbolicLinks}' is none of {string.Join(", ", Enum.GetNames<SymbolicLinkPolicy>())}");
        }

        if (options.CacheControl is { } cacheControl && !IsFieldValue(cacheControl))
        {
            failures.Add("CacheControl: is empty or holds a character that a field cannot carry");
        }

        for (var i = 0; i < options.OnlyContentTypes.Count; i++)
        {
            var type = options.OnlyContentTypes[i];
            if (!IsMediaType(type) || type.Contains(';', StringComparison.Ordinal) || type.StartsWith('*'))
            {
                failures.Add($"OnlyContentTypes:{i}: '{type}' is neither a media type (image/png) nor all of a kind (image/*)");
            }
        }

        if (options.MaxRanges is < 0 or > RangeResponder.MostRanges)
        {
            failures.Add($"MaxRanges: {options.MaxRanges} is not within 0 to {RangeResponder.MostRanges}");
        }

        EncodingOptionsRules.AddFailures(options, failures);
        AddFailuresOfExtraFields(options, failures);
        AddFailuresOfCacheRules(options, failures);
        StaticFilesPathsValidator.AddFailures(options, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void AddFailuresOfExtraFields(StaticFilesOptions options, List<string> failures)
    {
        foreach (var (name, value) in options.ExtraFields)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters))
            {
                failures.Add($"ExtraFields:{name}: '{name}' is not the name of a field");
            }
            else if (OwnFields.Contains(name))
            {
                failures.Add($"ExtraFields:{name}: is set by the server or by an option of its own");
            }

            if (value is null || !IsFieldValue(value))
            {
                failures.Add($"ExtraFields:{name}: is empty or holds a character that a field cannot carry");
            }
        }
    }

    private static void AddFailuresOfCacheRules(StaticFilesOptions options, List<string> failures)
    {
        for (var i = 0; i < options.CacheRules.Count; i++)
        {
            var rule = options.CacheRules[i];
            var path = $"CacheRules:{i}";
            if (rule.Match.Count == 0)
            {
                failures.Add($"{path}:Match: is empty, so that the rule is for no file");
            }

            for (var j = 0; j < rule.Match.Count; j++)
            {
                if (!FilePattern.IsValid(rule.Match[j]))
                {
                    failures.Add($"{path}:Match:{j}: '{rule.Match[j]}' is no pattern; write a path (/assets/*) or a name (*.css)");
                }
            }

            if (rule.CacheControl is null && rule.Expires is null)
            {
                failures.Add($"{path}: says nothing; set CacheControl or Expires");
            }

            if (rule.CacheControl is { } cacheControl && !IsFieldValue(cacheControl))
            {
                failures.Add($"{path}:CacheControl: is empty or holds a character that a field cannot carry");
            }

            if (rule.Expires is { } expires && (expires < TimeSpan.Zero || expires > LongestExpires))
            {
                failures.Add($"{path}:Expires: {expires} is not within 0 to {LongestExpires.TotalDays} days");
            }
        }
    }

    // RFC 9110 section 8.3.1; parameters are let through as they are.
    private static bool IsMediaType(string? text)
    {
        if (text is null || !IsFieldValue(text))
        {
            return false;
        }

        var type = text.AsSpan();
        var semicolon = type.IndexOf(';');
        type = (semicolon < 0 ? type : type[..semicolon]).TrimEnd(' ');
        var slash = type.IndexOf('/');
        return slash > 0 && slash < type.Length - 1
            && !type[..slash].ContainsAnyExcept(TokenCharacters)
            && !type[(slash + 1)..].ContainsAnyExcept(TokenCharacters);
    }

    private static bool IsFieldValue(string text) =>
        text.AsSpan().Trim(' ').Length > 0 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
