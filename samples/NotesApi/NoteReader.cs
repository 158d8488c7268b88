using System.Net.Http.Headers;
using System.Text.Json;
using Webserv.Abstractions.Http;

namespace Webserv.Samples.NotesApi;

/// <summary>Reads a note from the body of a request.</summary>
internal sealed class NoteReader(long maxBodySize, int maxTextLength)
{
    private const int MaxTitleLength = 200;

    /// <exception cref="ProblemException">415, 413, 400 for what is no such JSON, 422 for members that are not as they must be.</exception>
    public async Task<NoteInput> ReadAsync(IHttpRequest request, CancellationToken cancellation)
    {
        // A form of another site can send text/plain without asking, but no application/json.
        if (!MediaTypeHeaderValue.TryParse(request.Headers[Fields.ContentType], out var type)
            || !"application/json".Equals(type.MediaType, StringComparison.OrdinalIgnoreCase)
            || (type.CharSet is { } charset && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new ProblemException(StatusCodes.UnsupportedMediaType, "The body must be application/json in UTF-8.");
        }

        request.MaxBodySize = Math.Min(request.MaxBodySize ?? maxBodySize, maxBodySize);
        NoteInput? input;
        try
        {
            input = await JsonSerializer.DeserializeAsync(request.Body, NotesJson.Default.NoteInput, cancellation).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            // Its message names types of the program; where it stopped is enough.
            throw new ProblemException(
                StatusCodes.BadRequest,
                $"The body is not an object with the strings title and text, at {exception.Path ?? "$"}, line {exception.LineNumber + 1 ?? 1}, byte {exception.BytePositionInLine + 1 ?? 1}.");
        }
        catch (HttpException exception) when (exception.StatusCode == StatusCodes.ContentTooLarge)
        {
            throw new ProblemException(StatusCodes.ContentTooLarge, $"The body is larger than {request.MaxBodySize} bytes.");
        }

        return Check(input ?? throw new ProblemException(StatusCodes.BadRequest, "The body is null."));
    }

    private NoteInput Check(NoteInput input)
    {
        var errors = new Dictionary<string, string>();
        if (string.IsNullOrWhiteSpace(input.Title) || input.Title.Length > MaxTitleLength)
        {
            errors.Add("title", $"must have 1 to {MaxTitleLength} characters");
        }

        if (input.Text.Length > maxTextLength)
        {
            errors.Add("text", $"must have at most {maxTextLength} characters");
        }

        return errors.Count == 0 ? input : throw new ProblemException(StatusCodes.UnprocessableContent, "The note is not as it must be.", errors);
    }
}
