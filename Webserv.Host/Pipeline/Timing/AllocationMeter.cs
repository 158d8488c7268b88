using Webserv.Host.Plugins;

namespace Webserv.Host.Pipeline.Timing;

/// <summary>
/// Tells whose managed memory is allocated. A flow of execution has an owner from where an entry gets a request; it goes with the flow
/// through awaits, onto other threads and into the tasks that it starts, and each time a thread takes up or leaves a flow, what the thread
/// has allocated since the last time is the one's that had it. While an entry behind has the request, that one is the owner.
/// </summary>
/// <remarks>
/// What the server allocates in between, to write the answer for example, is the owner's too. What a thread or timer of the plugin's own
/// allocates is nobody's, unless it was started for a request. Nothing is ever subtracted: this is what was allocated, not what is held.
/// </remarks>
internal static class AllocationMeter
{
    private static readonly AsyncLocal<PluginStatistics?> Current = new(OnChanged);

    /// <summary>What the thread had allocated when its owner changed last.</summary>
    [ThreadStatic]
    private static long _mark;

    /// <summary>
    /// Makes somebody the owner of what the calling method and what it calls allocate from here on. It ends where an asynchronous method
    /// that called this returns.
    /// </summary>
    /// <param name="owner">Whose it is; <see langword="null"/> for nobody's.</param>
    public static void Enter(PluginStatistics? owner)
    {
        if (!ReferenceEquals(Current.Value, owner))
        {
            Current.Value = owner;
        }
    }

    private static void OnChanged(AsyncLocalValueChangedArgs<PluginStatistics?> change)
    {
        var now = GC.GetAllocatedBytesForCurrentThread();
        change.PreviousValue?.AddAllocated(now - _mark);
        _mark = now;
    }
}
