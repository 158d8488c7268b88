using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;
using Webserv.Gateway.Processes;
using Webserv.Plugins.Cgi.Python;
using Webserv.Plugins.Cgi.Tests.Fixtures;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>A script of a fork server where the kernel has no pidfds, so that its end is asked for again and again.</summary>
public sealed class WarmScriptProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Signal_WhileItsEndIsAskedFor_IsSentWhenItRuns()
    {
        var streams = new NoPidfdStreams();
        var runner = new SocketRunner();
        var command = new ProcessStart("/usr/bin/python3", [], "/", new Dictionary<string, string>());
        var starting = ForkServer.StartAsync(command, [], runner, streams, TimeProvider.System, NullLogger.Instance, Cancellation);
        using var peer = await runner.Peer.WaitAsync(Cancellation);
        await using var questions = streams.OpenRead(NativeSocket.Duplicate(peer, "peer"));
        await ReadAsync(); // Its text,
        await ReadAsync(); // and what to import.
        Assert.Equal(0, NativeSocket.Send(peer, "R"u8, []));
        await using var server = await starting;

        using var program = Process.Start(new ProcessStartInfo("/bin/sleep", ["1000"]))!;
        try
        {
            var forking = server.TryStartAsync(command);
            Answer(await ReadAsync(), 'S', program.Id);
            var script = await forking;
            Assert.NotNull(script);

            var question = await ReadAsync();
            Assert.True(script.Signal(ScriptSignal.Kill)); // Perhaps its number is nobody's now, perhaps somebody else's.
            Assert.True(script.Signal(ScriptSignal.Terminate)); // Asks for less.
            Assert.False(program.HasExited);
            Answer(question, 'W', ForkServer.Runs);
            await program.WaitForExitAsync(Cancellation);
            Answer(await ReadAsync(), 'W', 9 | ForkServer.GroupIsGone);
            await script.Exited.WaitAsync(Cancellation);
            Assert.Equal(new ProcessExit(null, 9), script.Reap());
            Assert.Equal(128 + 9, program.ExitCode);
            await script.DisposeAsync();
        }
        finally
        {
            program.Kill();
        }

        async Task<byte[]> ReadAsync()
        {
            var buffer = new byte[1 << 18];
            return buffer[..await questions.ReadAsync(buffer, Cancellation)];
        }

        void Answer(byte[] asked, char kind, int value)
        {
            Assert.Equal(kind, (char)asked[0]);
            var answer = new byte[9];
            answer[0] = (byte)'A';
            asked.AsSpan(1, 4).CopyTo(answer.AsSpan(1));
            BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(5), value);
            Assert.Equal(0, NativeSocket.Send(peer, answer, []));
        }
    }

    /// <summary>Starts nothing: whoever has the other end of the socket is the fork server.</summary>
    private sealed class SocketRunner : IProcessRunner
    {
        private readonly TaskCompletionSource<SafeFileHandle> _peer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<SafeFileHandle> Peer => _peer.Task;

        public IScriptProcess Start(ProcessStart start)
        {
            _peer.SetResult(NativeSocket.Duplicate((SafeFileHandle)start.Input!, "peer"));
            return new NoProcess();
        }
    }

    private sealed class NoProcess : IScriptProcess
    {
        private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Id => int.MaxValue;

        public Stream StandardInput => Stream.Null;

        public Stream StandardOutput => Stream.Null;

        public Stream StandardError => Stream.Null;

        public Task Exited => _exited.Task;

        public bool Signal(ScriptSignal signal) => signal != ScriptSignal.Kill || _exited.TrySetResult();

        public ProcessExit? FindExit() => null;

        public ProcessExit Reap() => default;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class NoPidfdStreams : IPipeStreams
    {
        private readonly PollStreams _streams = new();

        public Stream OpenRead(SafeFileHandle handle)
        {
            if (File.ResolveLinkTarget($"/proc/self/fd/{handle.DangerousGetHandle()}", returnFinalTarget: false)?.Name.Contains("pidfd", StringComparison.Ordinal) is true)
            {
                handle.Dispose();
                throw new NotSupportedException();
            }

            return _streams.OpenRead(handle);
        }

        public Stream OpenWrite(SafeFileHandle handle) => _streams.OpenWrite(handle);
    }
}
