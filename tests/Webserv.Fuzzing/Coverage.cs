using System.Runtime.InteropServices;
using SharpFuzz.Common;
using Webserv.Fuzzing.Targets;

namespace Webserv.Fuzzing;

/// <summary>What the instrumented assemblies tell of one run, read in this process. Works on instrumented assemblies alone.</summary>
internal sealed unsafe class Coverage : IDisposable
{
    private const int Size = 1 << 16;
    private readonly byte* _map;

    public Coverage()
    {
        _map = (byte*)NativeMemory.AllocZeroed(Size);
        Trace.SharedMem = _map;
    }

    /// <summary>Runs an input.</summary>
    /// <returns>The branches that were taken, each with how often in powers of two, as afl-fuzz counts them.</returns>
    public IReadOnlyCollection<int> Measure(IFuzzTarget target, byte[] input)
    {
        NativeMemory.Clear(_map, Size);
        Trace.PrevLocation = 0;
        target.Run(input);
        var taken = new List<int>();
        for (var place = 0; place < Size; place++)
        {
            if (_map[place] != 0)
            {
                taken.Add((place << 3) | int.Log2(_map[place]));
            }
        }

        return taken;
    }

    public void Dispose()
    {
        Trace.SharedMem = null;
        NativeMemory.Free(_map);
    }
}
