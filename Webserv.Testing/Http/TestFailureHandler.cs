namespace Webserv.Testing.Http;

/// <summary>Answers for what was thrown while a request was served, or while its response was completed.</summary>
/// <param name="exception">What was thrown.</param>
/// <param name="isSecond">Whether it is the answer to a failure that failed.</param>
/// <param name="cancellation">The token of the request.</param>
/// <returns>Whether there is an answer, or the response was cut; otherwise the exception comes out.</returns>
internal delegate Task<bool> TestFailureHandler(Exception exception, bool isSecond, CancellationToken cancellation);
