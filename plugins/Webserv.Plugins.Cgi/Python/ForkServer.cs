using System.Buffers;
using System.Buffers.Binary;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.IO;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Plugins.Cgi.Python;

/// <summary>
/// A Python interpreter that is ready, runs ForkServer.py and forks for each script. It ends when it was retired and the last of
/// its scripts has ended, or with the server, whose end of the socket it waits at.
/// </summary>
internal sealed class ForkServer : IAsyncDisposable
{
    /// <summary>An answer of <see cref="CollectAsync"/>: nobody knows the status.</summary>
    public const int Unknown = -1;

    /// <summary>An answer of <see cref="CollectAsync"/>: it has not ended.</summary>
    public const int Runs = -2;

    /// <summary>Beside the wait status: no process of its group is left.</summary>
    public const int GroupIsGone = 1 << 16;

    // The text comes over the socket: a command line is shown to everybody.
    private const string Bootstrap = "import posix;exec(compile(posix.read(0,1<<18),'<webserv>','exec'),{'__name__':'webserv'})";
    private const int StartsAtOnce = 16;
    private const int MostLimits = 6;
    private const int LimitSize = 24;
    private const int ResourceCpuTime = 0; // RLIMIT_…, on the architectures that Linux and .NET share
    private const int ResourceFileSize = 1;
    private const int ResourceCoreSize = 4;
    private const int ResourceProcesses = 6;
    private const int ResourceOpenFiles = 7;
    private const int ResourceAddressSpace = 9;
    private static readonly TimeSpan ReadyTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(2);
    private static readonly byte[] Text = ReadText();

    private readonly IScriptProcess _process;
    private readonly ForkServerChannel _channel;
    private readonly IPipeStreams _streams;
    private readonly TimeProvider _time;
    private readonly int _optionCount;
    private readonly SemaphoreSlim _places = new(StartsAtOnce);
    private readonly CancellationTokenSource _stopReading = new();
    private readonly Task _output;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _users = 1;
    private int _requests;
    private volatile bool _gone;

    private ForkServer(
        ProcessStart command, IScriptProcess process, ForkServerChannel channel, IPipeStreams streams, TimeProvider time, ILogger logger)
    {
        Program = command.Program;
        Limits = command.Limits;
        _process = process;
        _channel = channel;
        _streams = streams;
        _time = time;
        _optionCount = command.Arguments.Count;
        var name = $"{Path.GetFileName(Program)} (warm)";
        _output = Task.WhenAll(
            new StandardErrorLog(logger, time, name, "-").ReadAsync(_process.StandardError, _stopReading.Token),
            new StandardErrorLog(logger, time, name, "-").ReadAsync(_process.StandardOutput, _stopReading.Token));
        Completion = SuperviseAsync();
    }

    /// <summary>The interpreter's path.</summary>
    public string Program { get; }

    /// <summary>What it was started with, and what its scripts inherit: niceness, umask, user and groups, and how many processes that user may have.</summary>
    public ProcessLimits Limits { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>What it has imported.</summary>
    public ImportedFiles Files => _channel.Files;

    /// <summary>How many scripts it was asked to start.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Ends when it has ended and is collected. Never fails.</summary>
    public Task<ProcessExit> Completion { get; }

    /// <summary>Starts one and waits until it is ready.</summary>
    /// <param name="command">The interpreter, its options, and the environment that scripts have in common.</param>
    /// <param name="preload">The modules to import.</param>
    /// <param name="runner">Starts it.</param>
    /// <param name="streams">What waits for it and its scripts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what it writes to its standard error.</param>
    /// <param name="cancellation">Cancelled when it is not wanted any more; it has been ended then.</param>
    /// <exception cref="ForkServerException">It did not get ready.</exception>
    public static async Task<ForkServer> StartAsync(
        ProcessStart command, IReadOnlyList<string> preload, IProcessRunner runner, IPipeStreams streams, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        var server = await SpawnAsync(command, runner, streams, time, logger).ConfigureAwait(false);
        try
        {
            server._channel.Tell(Text);
            server._channel.Tell(Hello(command, preload));
            await server._channel.Ready.WaitAsync(ReadyTime, time, cancellation).ConfigureAwait(false);
            return server;
        }
        catch (Exception exception)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            if (exception is TimeoutException)
            {
                throw new ForkServerException($"it was not ready after {ReadyTime.TotalSeconds:0} s", exception);
            }

            throw;
        }
    }

    /// <summary>Forks a script.</summary>
    /// <param name="start">The script, with the command that this was started with.</param>
    /// <returns>The script, or <see langword="null"/> where it was not asked for because it cannot be.</returns>
    /// <exception cref="ProcessStartException">It could not be started, or nobody knows whether it was.</exception>
    public async Task<IScriptProcess?> TryStartAsync(ProcessStart start)
    {
        if (!TryUse())
        {
            return null;
        }

        try
        {
            await _places.WaitAsync().ConfigureAwait(false);
            try
            {
                Interlocked.Increment(ref _requests);
                if (await ForkAsync(start).ConfigureAwait(false) is { } process)
                {
                    return process;
                }
            }
            finally
            {
                _places.Release();
            }
        }
        catch
        {
            Release();
            throw;
        }

        Release();
        return null;
    }

    /// <summary>Collects a script that has ended.</summary>
    /// <returns>Its wait status and whether its group is gone, or one of the constants above.</returns>
    /// <exception cref="ForkServerException">This has ended itself.</exception>
    public Task<int> CollectAsync(int pid) => _channel.AskAsync((byte)'W', pid);

    /// <summary>A script that was started is collected.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (--_users > 0)
            {
                return;
            }
        }

        _unused.TrySetResult();
    }

    /// <summary>Starts no more scripts, and ends when those that run have ended. To be called once.</summary>
    public void Retire() => Release();

    /// <summary>Ends it at once; its scripts are not its own and go on.</summary>
    public void Kill()
    {
        _killed.TrySetResult();
        if (!_gone)
        {
            _process.Signal(ScriptSignal.Kill);
        }
    }

    /// <summary>Ends it at once and waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Completion.ConfigureAwait(false);
    }

    private static async Task<ForkServer> SpawnAsync(
        ProcessStart command, IProcessRunner runner, IPipeStreams streams, TimeProvider time, ILogger logger)
    {
        try
        {
            var (own, other) = NativeSocket.OpenPair(command.Program);
            using (other)
            {
                var channel = ForkServerChannel.Open(own, command.Program, streams, time, AnswerTime);
                try
                {
                    var process = runner.Start(command with { Arguments = [.. command.Arguments, "-c", Bootstrap], Input = other });
                    return new ForkServer(command, process, channel, streams, time, logger);
                }
                catch
                {
                    await channel.DisposeAsync().ConfigureAwait(false);
                    throw;
                }
            }
        }
        catch (Exception exception) when (exception is ProcessStartException or IOException)
        {
            throw new ForkServerException(exception.Message, exception);
        }
    }

    private static byte[] Hello(ProcessStart command, IReadOnlyList<string> preload)
    {
        var modules = Encoding.UTF8.GetBytes(string.Join('\0', preload));
        var environment = Encoding.UTF8.GetBytes(string.Join('\0', command.Environment.Select(static variable => $"{variable.Key}={variable.Value}")));
        var hello = new byte[5 + modules.Length + environment.Length];
        hello[0] = (byte)'H';
        BinaryPrimitives.WriteInt32LittleEndian(hello.AsSpan(1), modules.Length);
        modules.CopyTo(hello, 5);
        environment.CopyTo(hello, 5 + modules.Length);
        return hello;
    }

    private static byte[] ReadText()
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("Webserv.Plugins.Cgi.Python.ForkServer.py")!;
        var text = new byte[resource.Length];
        resource.ReadExactly(text);
        return text;
    }

    private bool TryUse()
    {
        lock (_gate)
        {
            if (_users == 0 || _channel.Closed.IsCompleted)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    private async Task<IScriptProcess?> ForkAsync(ProcessStart start)
    {
        // All that may fail comes before there is a script to be looked after.
        var pipes = await ScriptPipes.OpenAsync(start.Program, start.Limits.Identity, _streams).ConfigureAwait(false);
        await using (pipes.ConfigureAwait(false))
        {
            if (Ask(start, pipes) is not { } asked)
            {
                return null;
            }

            var answer = await WaitAsync(start, asked).ConfigureAwait(false);
            pipes.Keep();
            return new WarmScriptProcess(answer, this, pipes.Input, pipes.Output, pipes.Error, _streams, _time);
        }
    }

    private static async Task<int> WaitAsync(ProcessStart start, Task<int> asked)
    {
        int answer;
        try
        {
            answer = await asked.ConfigureAwait(false);
        }
        catch (ForkServerException exception)
        {
            // It may have forked: to start the script once more could do twice what must be done once.
            throw new ProcessStartException(
                ProcessStartFailure.Busy, $"cannot start {start.Program}: the warm interpreter has ended meanwhile", exception);
        }

        return answer > 0 ? answer : throw Errno.StartFailed(start.Program, -answer);
    }

    private Task<int>? Ask(ProcessStart start, ScriptPipes pipes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ForkServerChannel.LargestMessage);
        try
        {
            var length = Write(start, buffer.AsSpan(0, ForkServerChannel.LargestMessage));
            return length < 0 ? null : _channel.TryAsk(buffer.AsSpan(0, length), pipes.Descriptors);
        }
        catch (ForkServerException)
        {
            return null; // It was gone before it was asked.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the question for a script; its length, or -1 where there is no room.</summary>
    private int Write(ProcessStart start, Span<byte> message)
    {
        const int Head = 17;
        message[0] = (byte)'S';
        var at = Head;
        foreach (var (name, value) in start.Environment)
        {
            if (!Append(message, name, (byte)'=') || !Append(message, value, 0))
            {
                return -1;
            }
        }

        var environment = at - Head;
        for (var i = _optionCount; i < start.Arguments.Count; i++)
        {
            if (!Append(message, start.Arguments[i], 0))
            {
                return -1;
            }
        }

        var arguments = at - Head - environment;
        if (!Append(message, start.WorkingDirectory, 0) || message.Length - at < MostLimits * LimitSize)
        {
            return -1;
        }

        BinaryPrimitives.WriteInt32LittleEndian(message[5..], environment);
        BinaryPrimitives.WriteInt32LittleEndian(message[9..], arguments);
        BinaryPrimitives.WriteInt32LittleEndian(message[13..], --at - Head - environment - arguments);
        var limits = start.Limits;
        Limit(message, ResourceAddressSpace, limits.Memory, limits.Memory);
        Limit(message, ResourceCpuTime, limits.CpuTime, limits.CpuTime + 1); // SIGXCPU, then SIGKILL.
        Limit(message, ResourceProcesses, limits.Processes, limits.Processes);
        Limit(message, ResourceOpenFiles, limits.OpenFiles, limits.OpenFiles);
        Limit(message, ResourceFileSize, limits.FileSize, limits.FileSize);
        Limit(message, ResourceCoreSize, limits.CoreSize, limits.CoreSize);
        return at;

        void Limit(Span<byte> whole, int resource, long? soft, long? hard)
        {
            if (soft is { } least && hard is { } most)
            {
                BinaryPrimitives.WriteInt64LittleEndian(whole[at..], resource);
                BinaryPrimitives.WriteInt64LittleEndian(whole[(at + 8)..], least);
                BinaryPrimitives.WriteInt64LittleEndian(whole[(at + 16)..], most);
                at += LimitSize;
            }
        }

        bool Append(Span<byte> whole, string text, byte end)
        {
            if (!Encoding.UTF8.TryGetBytes(text, whole[at..], out var written) || at + written >= whole.Length)
            {
                return false;
            }

            whole[at + written] = end;
            at += written + 1;
            return true;
        }
    }

    private async Task<ProcessExit> SuperviseAsync()
    {
        await Task.WhenAny(_unused.Task, _killed.Task, _channel.Stuck, _channel.Closed, _process.Exited).ConfigureAwait(false);
        if (_channel.Stuck.IsCompleted)
        {
            _process.Signal(ScriptSignal.Kill);
        }

        await _channel.DisposeAsync().ConfigureAwait(false); // It ends when nobody is at the other end.
        try
        {
            await _process.Exited.WaitAsync(EndTime, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _process.Signal(ScriptSignal.Kill);
            await _process.Exited.ConfigureAwait(false);
        }

        _process.Signal(ScriptSignal.Kill); // What a module of Preload has left behind.
        var exit = _process.Reap();
        _gone = true;
        await _stopReading.CancelAsync().ConfigureAwait(false);
        await _output.ConfigureAwait(false);
        _stopReading.Dispose();
        await _process.DisposeAsync().ConfigureAwait(false);
        return exit;
    }
}
