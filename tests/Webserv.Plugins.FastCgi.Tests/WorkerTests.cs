using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Webserv.Abstractions.Configuration;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;
using Webserv.Plugins.FastCgi.Streams;
using Webserv.Plugins.FastCgi.Workers;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>The end of a program that was started.</summary>
public sealed class WorkerTests
{
    [Fact(Timeout = 20_000)]
    public async Task EndAsync_ItsOutputIsBeingRead_IsClosedWhenThatHasEnded()
    {
        var output = new SlowToCancel();
        var process = new Mock<IScriptProcess>();
        process.SetupGet(static p => p.Id).Returns(1);
        process.SetupGet(static p => p.StandardInput).Returns(Stream.Null);
        process.SetupGet(static p => p.StandardOutput).Returns(output);
        process.SetupGet(static p => p.StandardError).Returns(Stream.Null);
        process.SetupGet(static p => p.Exited).Returns(Task.CompletedTask);
        process.Setup(static p => p.FindExit()).Returns(new ProcessExit(0));
        var wasRead = false;
        process.Setup(static p => p.DisposeAsync()).Returns(() =>
        {
            wasRead = output.IsRead;
            return ValueTask.CompletedTask;
        });
        var directory = Directory.CreateTempSubdirectory("fastcgi-tests-").FullName;
        var limits = new ExchangeLimits { Timeout = TimeSpan.FromSeconds(1), KillGrace = TimeSpan.Zero, MaxHeaderSize = ByteSize.FromKilobytes(64) };
        var worker = new Worker(
            process.Object, "app", new WorkerPlace(Path.Join(directory, "1.sock"), directory, null), null, limits, TimeProvider.System, NullLogger.Instance);

        await worker.EndAsync();
        process.Verify(static p => p.DisposeAsync(), Times.Once);
        Assert.False(wasRead);
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>A pipe that somebody outside keeps open; a read that is cancelled takes a moment to end.</summary>
    private sealed class SlowToCancel : ReadOnlyStream
    {
        public bool IsRead { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            IsRead = true;
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.Register(() => cancelled.SetResult());
            await cancelled.Task;
            await Task.Delay(100, CancellationToken.None);
            IsRead = false;
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
