using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.StaticFiles;

namespace Webserv.Benchmarks.Kestrel;

/// <summary>A sibling has the media type of the file that it stands for.</summary>
internal sealed class SiblingContentTypes(IContentTypeProvider types) : IContentTypeProvider
{
    public bool TryGetContentType(string subpath, [MaybeNullWhen(false)] out string contentType) =>
        types.TryGetContentType(
            subpath.EndsWith(GzipSiblings.Extension, StringComparison.Ordinal) ? subpath[..^GzipSiblings.Extension.Length] : subpath, out contentType);
}
