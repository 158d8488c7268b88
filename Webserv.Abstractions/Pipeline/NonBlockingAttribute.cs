namespace Webserv.Abstractions.Pipeline;

/// <summary>
/// Promises that a middleware never blocks the thread that calls it and computes for less than about a millisecond
/// before it returns or awaits: it is then run directly on an event loop, which saves a thread hop a request and makes
/// every other connection of that loop wait for as long as it holds it. Reading files through
/// <see cref="Files.IOpenFileCache"/> keeps the promise. A middleware without this mark is started on the thread pool.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NonBlockingAttribute : Attribute;
