using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Webserv.Benchmarks.Kestrel;

/// <summary>Answers with the file's sibling in gzip where the client takes it, as nginx's <c>gzip_static</c> does.</summary>
internal sealed class GzipSiblings(IFileProvider files)
{
    public const string Extension = ".gz";

    /// <summary>Asks for the sibling in place of the file.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var sibling = request.Path + Extension;
        if (request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal) && files.GetFileInfo(sibling).Exists)
        {
            request.Path = sibling;
        }

        return next(context);
    }

    /// <summary>Says what was chosen.</summary>
    public static void Prepare(StaticFileResponseContext response)
    {
        if (response.File.Name.EndsWith(Extension, StringComparison.Ordinal))
        {
            response.Context.Response.Headers.ContentEncoding = "gzip";
            response.Context.Response.Headers.Vary = "Accept-Encoding";
        }
    }
}
