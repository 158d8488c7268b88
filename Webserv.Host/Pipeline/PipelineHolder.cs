namespace Webserv.Host.Pipeline;

/// <summary>Holds the generation that serves now, and swaps it.</summary>
internal sealed class PipelineHolder(PipelineGeneration first)
{
    private PipelineGeneration _current = first;

    /// <summary>The generation that new requests enter.</summary>
    public PipelineGeneration Current => Volatile.Read(ref _current);

    /// <summary>Puts another generation in place.</summary>
    /// <returns>The one before, which the caller retires.</returns>
    public PipelineGeneration Swap(PipelineGeneration next) => Interlocked.Exchange(ref _current, next);
}
