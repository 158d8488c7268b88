using System.Text;
using Webserv.Host.Logging;

namespace Webserv.Host.Tests.Logging;

/// <summary>Files of a log in memory, on a disk that can be full or stand still.</summary>
internal sealed class TestDisk
{
    private readonly Lock _sync = new();
    private readonly List<MemoryStream> _files = [];

    /// <summary>Writes wait while it is not set.</summary>
    public ManualResetEventSlim Gate { get; } = new(initialState: true);

    /// <summary>How many bytes there is room for.</summary>
    public long Room { get; set; } = long.MaxValue;

    /// <summary>Whether files can be opened.</summary>
    public bool IsOpenable { get; set; } = true;

    /// <summary>The files that were opened, with what is in them.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            lock (_sync)
            {
                return [.. _files.Select(file => Encoding.Latin1.GetString(file.ToArray()))];
            }
        }
    }

    public ILogTarget Open()
    {
        if (!IsOpenable)
        {
            throw new IOException("no such directory");
        }

        var file = new MemoryStream();
        lock (_sync)
        {
            _files.Add(file);
        }

        return new Target(this, file);
    }

    private sealed class Target(TestDisk disk, MemoryStream file) : ILogTarget
    {
        public int Write(ReadOnlySpan<byte> bytes)
        {
            disk.Gate.Wait();
            lock (disk._sync)
            {
                var count = (int)Math.Min(bytes.Length, disk.Room);
                if (count == 0)
                {
                    throw new IOException("no space left on device");
                }

                disk.Room -= count;
                file.Write(bytes[..count]);
                return count;
            }
        }

        public void Dispose()
        {
        }
    }
}
