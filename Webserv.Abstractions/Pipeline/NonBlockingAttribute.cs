namespace Webserv.Abstractions.Pipeline;

/// <summary>
/// Promises that a middleware never blocks the thread that calls it and computes for less than about a millisecond
/// before it returns or awaits: it is then run directly on an event loop, which saves a thread hop a request and makes
/// every other connection of that loop wait for as long as it holds it. Reading files through
/// <see cref="Files.IOpenFileCache"/> keeps the promise. A middleware without this mark is started on the thread pool.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NonBlockingAttribute : Attribute
{
    /// <summary>
    /// Promises besides that the middleware uses nothing of a request (context, request, response, fields, streams, features)
    /// once its task has ended, nor hands it to anybody who does: the server then gives it the very objects that it uses again for
    /// the next request, and serves it without making any. Without this promise every request gets objects of its own, which
    /// throw <see cref="ObjectDisposedException"/> when the request is over.
    /// </summary>
    public bool ReleasesContext { get; set; }

    /// <summary>
    /// Promises besides that the middleware waits for nothing but its client: it answers, or passes the request on, without
    /// waiting for other programs, other servers or time to pass. The answers to requests that were pipelined before are then kept
    /// back to go out together with its own, in one system call. Without this promise they are sent before it is called, since they
    /// must not wait for it (RFC 9112 section 9.3.2).
    /// </summary>
    public bool AnswersAtOnce { get; set; }
}
