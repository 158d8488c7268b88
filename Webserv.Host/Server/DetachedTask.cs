namespace Webserv.Host.Server;

/// <summary>Starts what the server does for itself when something makes it, a signal or a request that has failed.</summary>
internal static class DetachedTask
{
    /// <summary>
    /// Starts it on the thread pool, so that whoever calls, perhaps an event loop, goes on at once, and without the execution
    /// context: what plugins keep in that (<see cref="AsyncLocal{T}"/>) would stay in memory with whatever is started here.
    /// </summary>
    /// <param name="work">Reports its failures itself.</param>
    public static void Start(Func<Task> work) =>
        ThreadPool.UnsafeQueueUserWorkItem(static work => _ = work(), work, preferLocal: false);
}
