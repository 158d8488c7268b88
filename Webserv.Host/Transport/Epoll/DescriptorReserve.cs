namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// Descriptors that connections must leave free. A runtime that cannot open an assembly when it first needs it ends the
/// process, and files and scripts need some as well; only connections come in any number.
/// </summary>
internal static unsafe class DescriptorReserve
{
    private const int Wanted = 128;
    private const int ResourceDescriptors = 7;

    private static readonly Lazy<int> Limit = new(Measure);

    /// <summary>The first number that a connection should not have: the system gives out the lowest that is free.</summary>
    public static int Ceiling => Limit.Value;

    /// <summary>Whether a connection that was accepted now would be given a number from the reserve.</summary>
    /// <param name="descriptor">Any that is open.</param>
    public static bool IsReached(int descriptor) => NextFree(descriptor) is var next && (next < 0 || next >= Ceiling);

    /// <summary>Half of what is free when the first connection comes, and no more than a reserve has to be.</summary>
    private static int Measure()
    {
        LibC.ResourceLimit limit;
        if (LibC.GetResourceLimit(ResourceDescriptors, &limit) != 0 || limit.Current > int.MaxValue)
        {
            return int.MaxValue;
        }

        var used = NextFree(0);
        var free = used < 0 ? 0 : (int)limit.Current - used;
        return (int)limit.Current - Math.Min(Wanted, free / 2);
    }

    private static int NextFree(int descriptor)
    {
        var next = LibC.Control(descriptor, LibC.DuplicateCloseOnExec, 0);
        _ = next < 0 ? 0 : LibC.Close(next);
        return next;
    }
}
