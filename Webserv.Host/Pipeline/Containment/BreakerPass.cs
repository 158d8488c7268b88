namespace Webserv.Host.Pipeline.Containment;

/// <summary>What a request got when a breaker let it in, and shows when it ends.</summary>
/// <param name="Probe">The number of the trial that it is; 0 where it is none.</param>
internal readonly record struct BreakerPass(int Probe);
