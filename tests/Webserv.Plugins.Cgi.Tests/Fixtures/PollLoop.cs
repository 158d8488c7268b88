using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Plugins.Cgi.Tests.Fixtures;

/// <summary>One thread that waits for descriptors with poll(2), as the server's event loops do with epoll.</summary>
internal sealed partial class PollLoop
{
    public const short Readable = 1;
    public const short Writable = 4;

    private readonly ConcurrentDictionary<TaskCompletionSource, (SafeFileHandle Handle, short Events)> _waits = new();
    private readonly int _wakeReader;
    private readonly int _wakeWriter;

    private unsafe PollLoop()
    {
        var ends = stackalloc int[2];
        Assert.Equal(0, Pipe(ends, 0x80800)); // O_CLOEXEC | O_NONBLOCK
        (_wakeReader, _wakeWriter) = (ends[0], ends[1]);
        new Thread(Run) { IsBackground = true, Name = "poll" }.Start();
    }

    public static PollLoop Instance { get; } = new();

    public async Task WaitAsync(SafeFileHandle handle, short events, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waits[wait] = (handle, events);
        Wake();
        await using var registration = cancellation.UnsafeRegister(
            _ =>
            {
                _waits.TryRemove(wait, out var _);
                wait.TrySetCanceled(cancellation);
            },
            null);
        await wait.Task;
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(int descriptor, void* buffer, nuint count);

    private unsafe void Wake()
    {
        byte one = 1;
        _ = Write(_wakeWriter, &one, 1);
    }

    private unsafe void Run()
    {
        var drain = stackalloc byte[256];
        while (true)
        {
            var waits = _waits.ToArray();
            var entries = new PollEntry[waits.Length + 1];
            for (var i = 0; i < waits.Length; i++)
            {
                entries[i] = new PollEntry { Descriptor = (int)waits[i].Value.Handle.DangerousGetHandle(), Events = waits[i].Value.Events };
            }

            entries[^1] = new PollEntry { Descriptor = _wakeReader, Events = Readable };
            fixed (PollEntry* first = entries)
            {
                _ = Poll(first, (nuint)entries.Length, -1);
            }

            while (Read(_wakeReader, drain, 256) > 0)
            {
            }

            for (var i = 0; i < waits.Length; i++)
            {
                if (entries[i].Returned != 0 && _waits.TryRemove(waits[i].Key, out _))
                {
                    waits[i].Key.TrySetResult();
                }
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
