using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>What a POST that worked is answered with: browsers are sent on, programs get a list.</summary>
internal static class UploadAnswer
{
    public static async Task WriteAsync(
        IHttpContext context, IReadOnlyList<StoredFile> files, string? redirectTo, CancellationToken cancellation)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers[Fields.Vary] = Fields.Accept;
        if (WantsHtml(request))
        {
            response.Redirect(redirectTo ?? UriPath.Encode(request.Path), StatusCodes.SeeOther);
            return;
        }

        var collection = request.Path.EndsWith('/') ? request.Path : request.Path + "/";
        response.StatusCode = StatusCodes.Created;
        response.Headers[Fields.ContentType] = "application/json";
        response.Headers[Fields.Location] = UriPath.Encode(files.Count == 1 ? collection + files[0].Name : request.Path);
        using var json = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(json))
        {
            Write(writer, files, collection);
        }

        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json.GetBuffer().AsMemory(0, (int)json.Length), cancellation).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<StoredFile> files, string collection)
    {
        writer.WriteStartArray();
        foreach (var file in files)
        {
            writer.WriteStartObject();
            writer.WriteString("name", file.Name);
            writer.WriteNumber("size", file.Length);
            writer.WriteString("location", UriPath.Encode(collection + file.Name));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Browsers name text/html when they navigate; scripts and tools send <c>*/*</c> or what they want.</summary>
    private static bool WantsHtml(IHttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers[Fields.Accept], out var types)
        && types.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);
}
