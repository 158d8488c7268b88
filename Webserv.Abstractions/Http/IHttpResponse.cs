using Webserv.Abstractions.Files;

namespace Webserv.Abstractions.Http;

/// <summary>
/// A response. It starts (status and fields go out and can no longer change) with the first flush, when more is written
/// than the server buffers, with a file, or when the pipeline ends.
/// </summary>
public interface IHttpResponse
{
    /// <summary>The status code, 200 to 599; 200 unless set.</summary>
    /// <exception cref="InvalidOperationException">Set after the response started.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Outside 200 to 599.</exception>
    int StatusCode { get; set; }

    /// <summary>
    /// The fields. Date and Server are the server's and may be overridden. What becomes of Content-Length, Connection,
    /// Transfer-Encoding and Keep-Alive stands with <see cref="IHeaderCollection"/>.
    /// </summary>
    IHeaderCollection Headers { get; }

    /// <summary>
    /// The length of the body in bytes. Where it is left <see langword="null"/>, a body that ends before the response
    /// started gets its length, any other is sent chunked (or to the end of the connection for HTTP/1.0).
    /// </summary>
    /// <exception cref="InvalidOperationException">Set after the response started.</exception>
    long? ContentLength { get; set; }

    /// <summary>
    /// The body. Writes are buffered up to some KiB; <c>FlushAsync</c> sends what is there. For HEAD, 204, 205 and 304 what is
    /// written is counted and thrown away. More or less than <see cref="ContentLength"/> is answered with 500 while the response has not started,
    /// and ends the connection afterwards.
    /// It is asynchronous only: <c>Write</c> throws <see cref="NotSupportedException"/>, and <c>Flush</c> does nothing. Await each write
    /// before the next, which otherwise may throw <see cref="InvalidOperationException"/>; reading <see cref="IHttpRequest.Body"/> meanwhile is fine.
    /// </summary>
    Stream Body { get; }

    /// <summary>Whether status and fields have gone out.</summary>
    bool HasStarted { get; }

    /// <summary>
    /// Registers a callback that runs just before the response starts, last registered first; it may still set fields. It runs for an error
    /// page as well that takes the place of an answer because a middleware threw, <see cref="HttpException"/> included, or another callback
    /// did: before the page, when status, fields of the exception and, where the page is the server's own, Content-Type are set. What it then
    /// writes to the body is lost. It may have run for the answer before, whose fields are gone, and those of a configured page
    /// (<c>ErrorPages</c>) are registered anew: set fields rather than append. One that throws makes the answer 500 and does not run again. A
    /// local redirect forgets all of them, as it asks the pipeline anew.
    /// </summary>
    /// <exception cref="InvalidOperationException">The response has started.</exception>
    void OnStarting(Func<Task> callback);

    /// <summary>
    /// Sends part of a file as the body, from memory or by <c>sendfile(2)</c>, through the shared open-file cache. Sets
    /// <see cref="ContentLength"/> to <paramref name="count"/> where it is not set yet. The caller sets every other field.
    /// </summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="offset">The first byte to send.</param>
    /// <param name="count">How many bytes to send; <see langword="null"/> for all that follow.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    /// <exception cref="FileNotFoundException">There is no such regular file.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within the file.</exception>
    Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellation);

    /// <summary>
    /// Sends part of a file that was found through <see cref="IOpenFileCache"/>, as it was when it was found. Several parts, with
    /// writes to <see cref="Body"/> between them, make one body: set <see cref="ContentLength"/> to the length of the whole
    /// first, otherwise the first part is taken for it.
    /// </summary>
    /// <param name="file">An entry whose <see cref="IFileEntry.Kind"/> is <see cref="FileKind.File"/>.</param>
    /// <param name="offset">The first byte to send.</param>
    /// <param name="count">How many bytes to send.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within the file.</exception>
    Task SendFileAsync(IFileEntry file, long offset, long count, CancellationToken cancellation);
}
