namespace Webserv.Abstractions.Http;

/// <summary>
/// The generation of pipelines and plugins that serves a request. Every request has it, by <see cref="IHttpContext.GetFeature"/>. A
/// request stays in the generation that it came to until it ends: an answer without an end of its own (an event stream, a long poll) ends
/// when <see cref="Retiring"/> is cancelled, so that its client asks again and comes to what is in place then.
/// </summary>
public interface IGenerationFeature
{
    /// <summary>
    /// The number of the generation that the request's virtual server was made in: 1 at the start, and higher each time that a reload changes
    /// its configuration or one of its plugins. A reload that changes neither leaves it as it is. A server that is started anew begins at 1.
    /// </summary>
    int Number { get; }

    /// <summary>
    /// Cancelled when another generation takes the place of this one, or the server begins to stop. The answer may go on until
    /// <c>Limits.ShutdownTimeout</c> is over; then the request is cancelled. What is registered here ends with the request.
    /// </summary>
    CancellationToken Retiring { get; }
}
