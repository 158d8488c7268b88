using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.DirectoryListing.Requests;

/// <summary>
/// The conditions of a request for a listing (RFC 9110 section 13). It has a weak entity-tag and no date, so that those with
/// dates do not count.
/// </summary>
internal static class ListingConditions
{
    /// <summary>Evaluates If-Match and If-None-Match.</summary>
    /// <returns>The status: 200 where the listing is to be sent, 304, or 412.</returns>
    public static int Evaluate(IHeaderCollection fields, string entityTag)
    {
        // Weak tags never match in the strong comparison that If-Match asks for (section 13.1.1).
        var ifMatch = fields[Fields.IfMatch];
        if (ifMatch.Count > 0 && !IsAny(ifMatch))
        {
            return StatusCodes.PreconditionFailed;
        }

        var ifNoneMatch = fields[Fields.IfNoneMatch];
        return ifNoneMatch.Count > 0 && (IsAny(ifNoneMatch) || Contains(ifNoneMatch, entityTag)) ? StatusCodes.NotModified : StatusCodes.Ok;
    }

    private static bool IsAny(StringValues field) => field.Count == 1 && field[0].AsSpan().Trim(" \t") is "*";

    // The tag is W/"hexadecimal": the part with the quotes can not stand within another tag.
    private static bool Contains(StringValues field, string entityTag)
    {
        var opaque = entityTag.AsSpan("W/".Length);
        foreach (var line in field)
        {
            if (line.AsSpan().Contains(opaque, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
