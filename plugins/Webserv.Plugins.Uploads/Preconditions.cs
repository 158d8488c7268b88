using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>
/// The conditions of PUT and DELETE (RFC 9110 section 13.2.2), against the file that has the name now and the entity-tags
/// that it is served with.
/// </summary>
internal sealed class Preconditions(IDocumentRoot root)
{
    /// <summary>Whether a request may only make a file and never replace one: <c>If-None-Match: *</c>.</summary>
    public static bool OnlyCreates(IHttpRequest request) => request.Headers[Fields.IfNoneMatch] is { Count: 1 } field && field[0].AsSpan().Trim(" \t") is "*";

    /// <summary>Whether a request says that it changes the file that it knows: another one beside it would not be what it asks for.</summary>
    public static bool MeansWhatIsThere(IHttpRequest request) =>
        request.Headers.Contains(Fields.IfMatch) || request.Headers.Contains(Fields.IfUnmodifiedSince);

    /// <summary>Evaluates If-Match, If-Unmodified-Since and If-None-Match.</summary>
    /// <param name="request">Whose conditions and path.</param>
    /// <param name="parent">The directory of the file; <see langword="null"/> where it is missing.</param>
    /// <param name="name">The name of the file.</param>
    /// <exception cref="HttpException">412: one of them does not hold; 400: one that cannot be read must not be passed over.</exception>
    public void ThrowIfFailed(IHttpRequest request, HeldDirectory? parent, string name)
    {
        var fields = request.Headers;
        var (ifMatch, ifNoneMatch, unmodifiedSince) = (fields[Fields.IfMatch], fields[Fields.IfNoneMatch], fields[Fields.IfUnmodifiedSince]);
        if (ifMatch.Count == 0 && ifNoneMatch.Count == 0 && unmodifiedSince.Count == 0)
        {
            return;
        }

        // Whether it is there is asked of the disk. Without an entry it is something that is not served, such as a link out.
        var exists = parent?.Has(name) == true;
        var entry = exists && root.FindAgain(root.Find(request.Path)) is { Kind: FileKind.File } file ? file : null;
        if (ifMatch.Count > 0)
        {
            Require(Matches(ifMatch, exists, entry, useStrongComparison: true), Fields.IfMatch);
        }
        else if (unmodifiedSince.Count == 1 && entry is not null && HeaderUtilities.TryParseDate(unmodifiedSince[0], out var date))
        {
            Require(entry.LastModified <= date, Fields.IfUnmodifiedSince);
        }

        if (ifNoneMatch.Count > 0)
        {
            Require(!Matches(ifNoneMatch, exists, entry, useStrongComparison: false), Fields.IfNoneMatch);
        }
    }

    private static void Require(bool holds, string field)
    {
        if (!holds)
        {
            throw new HttpException(StatusCodes.PreconditionFailed, $"{field} does not hold.");
        }
    }

    private static bool Matches(StringValues field, bool exists, IFileEntry? entry, bool useStrongComparison)
    {
        if (!EntityTagHeaderValue.TryParseStrictList([.. field.Select(line => line ?? "")], out var tags))
        {
            throw new HttpException(StatusCodes.BadRequest, $"'{field}' is no list of entity-tags.");
        }

        if (!exists)
        {
            return false;
        }

        var current = entry is null ? null : EntityTagHeaderValue.Parse(entry.EntityTag);
        return tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || (current is not null && tag.Compare(current, useStrongComparison)));
    }
}
