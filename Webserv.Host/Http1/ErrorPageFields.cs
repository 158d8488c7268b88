using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>What a configured error page says of itself and does not hold for the resource that was asked for, which may be there in a moment.</summary>
internal static class ErrorPageFields
{
    /// <summary>The fields that are dropped when it goes out with the status of an error.</summary>
    public static readonly string[] Dropped = [Fields.CacheControl, Fields.Expires, Fields.ETag, Fields.LastModified, Fields.AcceptRanges];
}
