using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>
/// Starts programs with limits. <c>posix_spawn</c> cannot set any, so a thread of its own spawns the child, which waits at a
/// <see cref="SpawnGate"/>; meanwhile the caller, who finds it among the children of the thread, sets its limits from
/// outside, and lets it go on to its program. The thread has a umask of its own, which the child inherits. One at a time.
/// </summary>
internal sealed unsafe class LimitedLauncher : IDisposable
{
    private const int Longest = 16; // of a number with its space

    private readonly byte[] _children = new byte[4096];
    private readonly Lock _turn = new();
    private readonly SemaphoreSlim _posted = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread _thread;
    private string _childrenPath = "";
    private int? _ownUmask;
    private volatile Job? _job;

    /// <exception cref="ProcessStartException">The kernel does not list the children of a thread.</exception>
    public LimitedLauncher()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "webserv-launcher" };
        _thread.Start();
        _done.Wait();
        if (ReadChildren(_children) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            Dispose();
            throw Failed(_childrenPath, error);
        }
    }

    /// <summary>The number of the thread.</summary>
    public int ThreadId { get; private set; }

    /// <summary>Starts a program with its limits, those that <see cref="ProcessLimits.Identity"/> stands for excepted.</summary>
    /// <returns>The process id.</returns>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    public int Spawn(ProcessStart start, SafeHandle input, SafeFileHandle output, SafeFileHandle error)
    {
        lock (_turn)
        {
            using var gate = new SpawnGate();
            var job = new Job(start, input, output, error, gate);
            _job = job;
            _posted.Release();
            if (WaitForChild(job) is not { } child)
            {
                _done.Wait();
                return job.Pid ?? throw job.Failure!;
            }

            var isDone = false;
            try
            {
                Limit(child, start.Limits);
                using (gate.Open())
                {
                    _done.Wait();
                    isDone = true;
                }

                // Not at the gate: the thread that spawns waits until the child has become its program, and everybody behind it.
                if (job.Pid is not null
                    && start.Limits.Niceness is { } niceness
                    && NativeLimits.SetPriority(NativeLimits.PriorityOfGroup, child, niceness) != 0
                    && Marshal.GetLastPInvokeError() is var problem and not Errno.NoSuchProcess)
                {
                    throw Failed($"cannot set its niceness to {niceness}", problem);
                }
            }
            catch
            {
                // Its program never ran with all of its limits, and where it has not been reached the thread waits for it.
                _ = Native.Kill(child, Native.SignalKill);
                if (!isDone)
                {
                    _done.Wait();
                }

                Collect(child);
                throw;
            }

            return job.Pid ?? throw job.Failure!;
        }
    }

    public void Dispose()
    {
        lock (_turn)
        {
            _job = null;
            _posted.Release();
            _thread.Join();
        }

        _posted.Dispose();
        _done.Dispose();
    }

    private static void Limit(int pid, ProcessLimits limits)
    {
        Set(NativeLimits.AddressSpace, limits.Memory, limits.Memory);
        Set(NativeLimits.CpuTime, limits.CpuTime, limits.CpuTime + 1);
        Set(NativeLimits.Processes, limits.Processes, limits.Processes);
        Set(NativeLimits.OpenFiles, limits.OpenFiles, limits.OpenFiles);
        Set(NativeLimits.FileSize, limits.FileSize, limits.FileSize);
        Set(NativeLimits.CoreSize, limits.CoreSize, limits.CoreSize);
        // Never above the hard limit that it has from the server.
        void Set(int resource, long? soft, long? hard)
        {
            if (soft is null || hard is null)
            {
                return;
            }

            NativeLimits.ResourceLimit limit;
            if (NativeLimits.Limit(pid, resource, null, &limit) == 0)
            {
                limit.Hard = Math.Min(limit.Hard, (ulong)hard);
                limit.Soft = Math.Min(limit.Hard, (ulong)soft);
                if (NativeLimits.Limit(pid, resource, &limit, null) == 0)
                {
                    return;
                }
            }

            throw Failed("cannot set its limits", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Waits until the child is there, which is the last of the thread's children, or it turns out that there is none.</summary>
    private int? WaitForChild(Job job)
    {
        for (var wait = new SpinWait(); !job.IsDone; wait.SpinOnce())
        {
            // The list of a kernel at work may leave somebody out, and without descriptors there is none to be had: once more.
            var length = ReadChildren(_children);
            var children = _children.AsSpan(0, Math.Max(0, length)).TrimEnd((byte)' ');
            if (Utf8Parser.TryParse(children[(children.LastIndexOf((byte)' ') + 1)..], out int pid, out _) && job.Gate.IsHeld(pid))
            {
                return pid;
            }
        }

        return null;
    }

    /// <summary>The end of the list of the thread's children; -1 where it cannot be read.</summary>
    private int ReadChildren(byte[] buffer)
    {
        var descriptor = NativeLimits.Open(_childrenPath, NativeLimits.ReadOnly | Native.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return -1;
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var length = 0;
        while (true)
        {
            int count;
            fixed (byte* room = &buffer[length])
            {
                count = (int)NativeLimits.Read(descriptor, room, (nuint)(buffer.Length - length));
            }

            if (count <= 0)
            {
                return length;
            }

            // Only the last of them matters: where there are very many, the first ones make room.
            length += count;
            if (length > buffer.Length / 2)
            {
                buffer.AsSpan(length - Longest, Longest).CopyTo(buffer);
                length = Longest;
            }
        }
    }

    private static void Collect(int child)
    {
        while (Native.WaitPid(child, out _, 0) < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted)
        {
            // Once more.
        }
    }

    private void Work()
    {
        ThreadId = NativeLimits.ThreadId();
        _childrenPath = string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{ThreadId}/children");
        _done.Release();
        while (true)
        {
            _posted.Wait();
            if (_job is not { } job)
            {
                return;
            }

            try
            {
                SetUmask(job.Start.Limits.Umask);
                job.Pid = PosixSpawn.Spawn(job.Start, job.Input, job.Output, job.Error, job.Gate);
            }
            catch (ProcessStartException failure)
            {
                job.Failure = failure;
            }
            catch (Exception exception)
            {
                // Out of memory, perhaps: it is the caller's, and the thread goes on.
                job.Failure = new ProcessStartException(ProcessStartFailure.Other, $"cannot start {job.Start.Program}: {exception.Message}", exception);
            }
            finally
            {
                job.IsDone = true;
                _done.Release();
            }
        }
    }

    /// <summary>Working directory and umask are the thread's own after the first time, which changes neither for others.</summary>
    private void SetUmask(int? umask)
    {
        if (umask is null && _ownUmask is null)
        {
            return;
        }

        if (_ownUmask is null)
        {
            if (NativeLimits.Unshare(NativeLimits.ShareNoDirectory) != 0)
            {
                throw Failed("cannot have a umask of its own", Marshal.GetLastPInvokeError());
            }

            _ownUmask = NativeLimits.Umask(umask!.Value);
        }

        _ = NativeLimits.Umask(umask ?? _ownUmask.Value);
    }

    private static ProcessStartException Failed(string what, int error) =>
        Errno.CannotLimit($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);

    private sealed class Job(ProcessStart start, SafeHandle input, SafeFileHandle output, SafeFileHandle error, SpawnGate gate)
    {
        private volatile bool _isDone;

        public ProcessStart Start { get; } = start;

        public SafeHandle Input { get; } = input;

        public SafeFileHandle Output { get; } = output;

        public SafeFileHandle Error { get; } = error;

        public SpawnGate Gate { get; } = gate;

        public int? Pid { get; set; }

        public ProcessStartException? Failure { get; set; }

        public bool IsDone
        {
            get => _isDone;
            set => _isDone = value;
        }
    }
}
