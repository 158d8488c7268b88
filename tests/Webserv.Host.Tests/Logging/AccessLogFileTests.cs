using System.Globalization;
using System.Numerics;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Logging;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Logging;

/// <summary>From lines to the disk: when they are written, and what becomes of them where the disk does not take them.</summary>
public sealed class AccessLogFileTests : IDisposable
{
    private const int BlockSize = 32 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly TestDisk _disk = new();
    private readonly CollectingLoggerProvider _logs = new();
    private readonly LoggerFactory _loggers;

    public AccessLogFileTests() => _loggers = new LoggerFactory([_logs]);

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public async Task Write_IntervalOver_IsWritten()
    {
        await using var file = Open();
        Write(file, 0);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal([""], _disk.Files);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await ServerRig.WaitAsync(() => Numbers(0).Count == 1, () => "nothing was written");
        Write(file, 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await ServerRig.WaitAsync(() => Numbers(0).Count == 2, () => "the second interval does not count");
    }

    [Fact]
    public async Task Write_BufferFull_IsWrittenBeforeTheIntervalIsOver()
    {
        await using var file = Open();
        var count = 0;
        while (count < BlockSize / 40)
        {
            Write(file, count++);
        }

        await ServerRig.WaitAsync(() => Numbers(0).Count > 100, () => "nothing was written");
    }

    [Fact]
    public async Task Dispose_WritesWhatIsLeft()
    {
        await using (var file = Open())
        {
            Write(file, 7);
        }

        Assert.Equal([7], Numbers(0));
        Assert.Empty(_logs.Entries);
    }

    [Fact]
    public async Task Write_FromManyThreads_EachLineOnceAndInOrder()
    {
        await using (var file = Open(maxPending: 16 << 20))
        {
            await Parallel.ForAsync(0, 8, TestContext.Current.CancellationToken, (lane, _) =>
            {
                for (var index = 0; index < 5_000; index++)
                {
                    Write(file, (lane * 5_000) + index, lane);
                }

                return ValueTask.CompletedTask;
            });
        }

        var numbers = Numbers(0);
        Assert.Equal(Enumerable.Range(0, 40_000), numbers.Order());
        Assert.All(numbers.GroupBy(number => number / 5_000), lines => Assert.Equal(lines.Order(), lines));
    }

    [Fact]
    public async Task Write_DiskStandsStill_NobodyWaitsAndWhatDoesNotFitIsCounted()
    {
        await using (var file = Open())
        {
            _disk.Gate.Reset();
            var count = 0;
            while (file.Lost < 100)
            {
                Write(file, count++);
                Assert.True(count < 1_000_000, "the memory has no end");
            }

            _disk.Gate.Set();
            await file.FlushAsync();
            var numbers = Numbers(0);
            Assert.Equal(Enumerable.Range(0, count - 100), numbers);
            var filled = (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 2) * BlockSize;
            Assert.InRange(_disk.Files[0].Length, (1 << 20) - (2 * BlockSize), (1 << 20) + filled);
            Write(file, -1);
        }

        Assert.Equal(-1, Numbers(0)[^1]);
        Assert.Equal(100, _logs.At(LogLevel.Error).Sum(message => int.Parse(message.Split(' ')[5], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Write_DiskFull_GoesOnWhereItWasCutOnceThereIsRoom()
    {
        await using var file = Open();
        _disk.Room = 70;
        Write(file, 0);
        Write(file, 1);
        await file.FlushAsync();
        Assert.Equal(70, _disk.Files[0].Length);
        Write(file, 2);
        await file.FlushAsync();
        Assert.Single(_logs.At(LogLevel.Error), message => message.Contains("cannot be written: no space left on device", StringComparison.Ordinal));

        _disk.Room = long.MaxValue;
        _time.Advance(TimeSpan.FromSeconds(1));
        await ServerRig.WaitAsync(() => Numbers(0).Count == 3, () => _disk.Files[0]);
        Assert.Equal([0, 1, 2], Numbers(0));
        await file.FlushAsync();
        Assert.Single(_logs.At(LogLevel.Information), message => message.Contains("is written again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dispose_DiskFull_CountsWhatIsLost()
    {
        await using (var file = Open())
        {
            _disk.Room = 0;
            Write(file, 0);
            Write(file, 1);
        }

        Assert.Contains(_logs.At(LogLevel.Error), message => message.Contains("lost 2 lines", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reopen_LinesBeforeGoToTheOldFileAndThoseAfterToTheNew()
    {
        await using var file = Open();
        Write(file, 0);
        await file.ReopenAsync();
        Write(file, 1);
        await file.FlushAsync();
        Assert.Equal([0], Numbers(0));
        Assert.Equal([1], Numbers(1));

        _disk.IsOpenable = false;
        await file.ReopenAsync();
        Write(file, 2);
        await file.FlushAsync();
        Assert.Equal([1, 2], Numbers(1));
        Assert.Contains(_logs.At(LogLevel.Error), message => message.Contains("cannot be opened again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reopen_DiskFull_NewFileBeginsWithTheWholeLineThatWasCut()
    {
        await using var file = Open();
        Write(file, 0);
        Write(file, 1);
        _disk.Room = 70;
        await file.FlushAsync();
        _disk.IsOpenable = true;
        _disk.Room = 0;
        await file.ReopenAsync();
        _disk.Room = long.MaxValue;
        await file.FlushAsync();
        Assert.Equal([1], Numbers(1));
    }

    [Fact]
    public async Task Write_ALineOnEachLane_NoneIsLostWhereBuffersAreAsLargeAsWhatMayWait()
    {
        const int Lanes = 64;
        await using (var file = Open(bufferSize: 1 << 20))
        {
            for (var number = 0; number < Lanes; number++)
            {
                Write(file, number, lane: number);
            }

            Assert.Equal(0, file.Lost);
        }

        Assert.Equal(Enumerable.Range(0, Lanes), Numbers(0).Order());
    }

    [Fact]
    public async Task Write_DiskFullForMoreIntervalsThanThereAreBlocks_WhatFitsInMemoryIsKept()
    {
        const int Intervals = 200;
        await using var file = Open();
        _disk.Room = 0;
        for (var number = 0; number < Intervals; number++)
        {
            Write(file, number, lane: number);
            await file.FlushAsync();
        }

        Assert.Equal(0, file.Lost);
        _disk.Room = long.MaxValue;
        await file.FlushAsync();
        Assert.Equal(Enumerable.Range(0, Intervals), Numbers(0).Order());
    }

    private static void Write(AccessLogFile file, int number, int lane = 0) => file.GetBuffer(lane).Write(
        AccessLogFormat.Common,
        new AccessLogEntry
        {
            Bytes = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}")),
            Head = new Http1RequestHead(),
            ConnectionId = 1,
            Lane = lane,
            Client = "192.0.2.7"u8,
            Status = 200,
            Milliseconds = 0,
        },
        LogTime.Stamp.Of(0, default),
        "main"u8);

    private AccessLogFile Open(long maxPending = 1 << 20, int bufferSize = BlockSize) => new(
        new LogFileOptions("/var/log/access.log", UnixFileMode.UserWrite, bufferSize, TimeSpan.FromSeconds(1), maxPending),
        _disk.Open, _time, _loggers.CreateLogger<AccessLogFileTests>());

    private List<int> Numbers(int file) =>
        [.. _disk.Files[file].Split('\n')[..^1].Select(line => int.Parse(line.Split('"')[1], CultureInfo.InvariantCulture))];
}
