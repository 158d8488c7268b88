using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>The parts of a form (RFC 7578), one after the other. What is malformed or cut short is 400, what is too much 413.</summary>
internal sealed class MultipartFiles
{
    private const int MaxBoundaryLength = 70; // RFC 2046 section 5.1.1
    private const int BufferSize = 16 << 10;
    private const int MaxFields = 100;
    private const int MaxFieldSize = 64 << 10;

    private readonly MultipartReader _reader;
    private MultipartSection? _section;
    private int _fields;

    private MultipartFiles(string boundary, Stream body) => _reader = new MultipartReader(boundary, body, BufferSize)
    {
        HeadersCountLimit = 16,
        HeadersLengthLimit = 16 << 10,
    };

    /// <summary>Begins to read a form.</summary>
    /// <exception cref="HttpException">415 for a body of another type, 400 for one without a boundary.</exception>
    public static MultipartFiles Open(IHttpRequest request)
    {
        var types = request.Headers[Fields.ContentType];
        if (types.Count != 1 || !MediaTypeHeaderValue.TryParse(types[0], out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw new HttpException(StatusCodes.UnsupportedMediaType, "A POST must be multipart/form-data.");
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= MaxBoundaryLength
            ? new MultipartFiles(boundary, request.Body)
            : throw new HttpException(StatusCodes.BadRequest, "The boundary is missing or too long.");
    }

    /// <summary>Goes to the next part that is a file; the fields on the way are read and thrown away.</summary>
    /// <returns>What the client calls it, or <see langword="null"/> at the end of the form.</returns>
    public async Task<string?> MoveToNextFileAsync(CancellationToken cancellation)
    {
        while (true)
        {
            _section = await ReadNextSectionAsync(cancellation).ConfigureAwait(false);
            if (_section is null)
            {
                return null;
            }

            if (!ContentDispositionHeaderValue.TryParse(_section.ContentDisposition, out var disposition)
                || !disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase))
            {
                throw new HttpException(StatusCodes.BadRequest, "A part has no Content-Disposition: form-data.");
            }

            // An input of type file without a choice is sent as an empty file without a name.
            var fileName = HeaderUtilities.RemoveQuotes(disposition.FileName).ToString();
            if (fileName.Length > 0)
            {
                return fileName;
            }

            await SkipFieldAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reads from the file that was moved to.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await _section!.Body.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw Malformed(exception);
        }
    }

    private static HttpException Malformed(Exception exception) =>
        new(StatusCodes.BadRequest, "The form is malformed or cut short.", exception);

    private async Task<MultipartSection?> ReadNextSectionAsync(CancellationToken cancellation)
    {
        try
        {
            return await _reader.ReadNextSectionAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw Malformed(exception);
        }
    }

    private async Task SkipFieldAsync(CancellationToken cancellation)
    {
        if (++_fields > MaxFields)
        {
            throw new HttpException(StatusCodes.ContentTooLarge, $"The form has more than {MaxFields} fields.");
        }

        var buffer = new byte[4096];
        var total = 0;
        int count;
        while ((count = await ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            total += count;
            if (total > MaxFieldSize)
            {
                throw new HttpException(StatusCodes.ContentTooLarge, $"A field is over the limit of {MaxFieldSize} bytes.");
            }
        }
    }
}
