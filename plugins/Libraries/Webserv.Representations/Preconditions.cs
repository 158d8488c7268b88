using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Representations;

/// <summary>Evaluates the conditions of GET and HEAD in the order of RFC 9110 section 13.2.2.</summary>
internal static class Preconditions
{
    /// <summary>Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since.</summary>
    public static Precondition Evaluate(IHeaderCollection fields, IFileEntry file, TimeProvider time)
    {
        var ifMatch = fields[Fields.IfMatch];
        if (ifMatch.Count > 0)
        {
            if (!EntityTagList.Matches(ifMatch, file.EntityTag, isWeakComparison: false))
            {
                return Precondition.Failed;
            }
        }
        else if (TryGetDate(fields[Fields.IfUnmodifiedSince], time, out var unmodifiedSince) && file.LastModified > unmodifiedSince)
        {
            return Precondition.Failed;
        }

        var ifNoneMatch = fields[Fields.IfNoneMatch];
        if (ifNoneMatch.Count > 0)
        {
            return EntityTagList.Matches(ifNoneMatch, file.EntityTag, isWeakComparison: true)
                ? Precondition.NotModified
                : Precondition.Holds;
        }

        var ifModifiedSince = fields[Fields.IfModifiedSince];
        if (ifModifiedSince.Count == 0)
        {
            return Precondition.Holds;
        }

        // Nearly every client sends back what it was given.
        return ifModifiedSince.Equals(file.LastModifiedField)
            || (TryGetDate(ifModifiedSince, time, out var modifiedSince) && file.LastModified <= modifiedSince)
                ? Precondition.NotModified
                : Precondition.Holds;
    }

    /// <summary>Evaluates If-Range: whether Range applies (RFC 9110 section 13.1.5).</summary>
    public static bool AllowRange(IHeaderCollection fields, IFileEntry file, TimeProvider time)
    {
        var ifRange = fields[Fields.IfRange];
        if (ifRange.Count == 0)
        {
            return true;
        }

        if (ifRange.Count != 1)
        {
            return false;
        }

        var validator = ifRange[0].AsSpan().Trim(" \t");
        if (validator.StartsWith('"') || EntityTagList.IsWeak(validator))
        {
            return !EntityTagList.IsWeak(validator) && validator.SequenceEqual(file.EntityTag);
        }

        // A date is a strong validator only once the second it names is over (section 8.8.2.2), and only the very same one
        // will do: a later one is no sign that the client has this version.
        return TryGetDate(ifRange, time, out var date)
            && date == file.LastModified
            && time.GetUtcNow() - file.LastModified >= TimeSpan.FromSeconds(1);
    }

    // An invalid or repeated date is as good as none (section 13.1.3).
    private static bool TryGetDate(StringValues field, TimeProvider time, out DateTimeOffset date)
    {
        date = default;
        return field.Count == 1 && HttpDate.TryParse(field[0], time.GetUtcNow(), out date);
    }
}
