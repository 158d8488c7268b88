using System.Runtime.InteropServices;
using Webserv.Abstractions.IO;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Plugins.Cgi.Python;

/// <summary>
/// A script that a fork server has forked. It leads a session of its own as one that is spawned does, but it is the fork
/// server's child, which collects and tells its status when the server has noticed its end.
/// </summary>
internal sealed class WarmScriptProcess : IScriptProcess
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan SlowestPoll = TimeSpan.FromMilliseconds(100);

    private readonly ForkServer _server;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private ProcessExit _exit;
    private ProcessExit? _seen;
    private ScriptSignal? _delayed;
    private bool _collecting;
    private bool _collected;
    private bool _gone;

    public WarmScriptProcess(
        int id, ForkServer server, Stream input, Stream output, Stream error, IPipeStreams streams, TimeProvider time)
    {
        Id = id;
        _server = server;
        _time = time;
        StandardInput = input;
        StandardOutput = output;
        StandardError = error;
        Exited = WaitForExitAsync(streams);
    }

    public int Id { get; }

    public Stream StandardInput { get; }

    public Stream StandardOutput { get; }

    public Stream StandardError { get; }

    public Task Exited { get; }

    public bool Signal(ScriptSignal signal)
    {
        lock (_gate)
        {
            if (_collecting)
            {
                // Its number may be free before the answer is here. If it runs it gets the signal then; if it has ended, its group gets another.
                if (signal != ScriptSignal.Probe && _delayed != ScriptSignal.Kill)
                {
                    _delayed = signal;
                }

                return true;
            }

            return Send(signal);
        }
    }

    public ProcessExit? FindExit()
    {
        lock (_gate)
        {
            // Until it is collected its number is nobody else's.
            return _collected ? _exit : _seen ?? ExitingProcess.Find(Id);
        }
    }

    public ProcessExit Reap() => _exit;

    public async ValueTask DisposeAsync()
    {
        await StandardInput.DisposeAsync().ConfigureAwait(false);
        await StandardOutput.DisposeAsync().ConfigureAwait(false);
        await StandardError.DisposeAsync().ConfigureAwait(false);
    }

    private bool Send(ScriptSignal signal)
    {
        var number = signal switch
        {
            ScriptSignal.Kill => Native.SignalKill,
            ScriptSignal.Terminate => Native.SignalTerminate,
            _ => 0,
        };

        // In its first moments it has no group of its own yet. Until it is collected its number is nobody else's.
        return !_gone && (Kill(-Id, number) || (!_collected && Kill(Id, number)));
    }

    // EPERM: somebody is there, who may have become another user.
    private static bool Kill(int id, int signal) =>
        Native.Kill(id, signal) == 0 || Marshal.GetLastPInvokeError() != Errno.NoSuchProcess;

    private async Task WaitForExitAsync(IPipeStreams streams)
    {
        await WaitForNoticeAsync(streams).ConfigureAwait(false);

        // Usually true at once. Without pidfds (some sandboxes) this is the way.
        for (var delay = FirstPoll; !await CollectAsync().ConfigureAwait(false); delay = delay < SlowestPoll ? delay * 2 : delay)
        {
            await Task.Delay(delay, _time).ConfigureAwait(false);
        }

        _server.Release();
    }

    private async Task WaitForNoticeAsync(IPipeStreams streams)
    {
        if (NativeSocket.OpenProcess(Id) is { } descriptor)
        {
            try
            {
                var pidfd = streams.OpenRead(descriptor);
                await using (pidfd.ConfigureAwait(false))
                {
                    _ = await pidfd.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is IOException or NotSupportedException or ArgumentException)
            {
                // These streams cannot wait for a pidfd: asking does.
            }
        }
    }

    private async Task<bool> CollectAsync()
    {
        lock (_gate)
        {
            _collecting = true;

            // Once it is asked for, the fork server may collect it at any moment, and what is told here of it is gone before the answer is there.
            _seen = ExitingProcess.Find(Id) ?? _seen;
        }

        int answer;
        try
        {
            answer = await _server.CollectAsync(Id).ConfigureAwait(false);
        }
        catch (ForkServerException)
        {
            // It died before the script did, whose status nobody knows any more. The group may live on.
            answer = ForkServer.Unknown;
        }

        lock (_gate)
        {
            _collecting = false;
            var delayed = _delayed;
            _delayed = null;
            if (answer == ForkServer.Runs)
            {
                if (delayed is { } signal)
                {
                    Send(signal);
                }

                return false;
            }

            _collected = true;
            if (answer >= 0)
            {
                var signal = answer & 0x7F;
                _exit = signal == 0 ? new ProcessExit((answer >> 8) & 0xFF) : new ProcessExit(null, signal);
                _gone = (answer & ForkServer.GroupIsGone) != 0;
            }

            return true;
        }
    }
}
