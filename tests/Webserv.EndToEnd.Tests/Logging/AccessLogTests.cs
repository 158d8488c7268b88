using System.Globalization;
using System.Text.RegularExpressions;
using Webserv.EndToEnd.Tests.Hardening;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Logging;

/// <summary>The access log of a running server: rotated, moved, on a disk that is full, and where it cannot be opened.</summary>
public sealed partial class AccessLogTests
{
    private const int Rotations = 6;

    [Fact]
    public async Task Rotation_UnderLoad_LosesNoLineAndDuplicatesNone()
    {
        var folder = Prepare("access.log");
        var file = folder.Combine("access.log");
        long sent = 0;
        await using (var site = await TrialSite.StartAsync(folder))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var load = Enumerable.Range(0, 4).Select(_ => AskUntilAsync(site, () => Interlocked.Increment(ref sent), stop.Token)).ToArray();
            for (var rotation = 1; rotation <= Rotations; rotation++)
            {
                var before = Volatile.Read(ref sent);
                await Eventually.HoldsAsync(() => Volatile.Read(ref sent) > before + 50, () => "no requests are served");
                File.Move(file, $"{file}.{rotation}");
                site.Server.Signal(PosixSignalNumber.User1);
                await Eventually.HoldsAsync(
                    () => site.Server.Log.Lines.Count(line => line.Contains("1 log files were opened again", StringComparison.Ordinal)) == rotation,
                    site.Server.Log.ToString);
            }

            await stop.CancelAsync();
            await Task.WhenAll(load);
            Assert.Equal(0, await site.Server.StopAsync());
            string[] files = [.. Enumerable.Range(1, Rotations).Select(rotation => $"{file}.{rotation}"), file];
            var lines = files.Select(File.ReadAllLines).ToArray();
            Assert.All(lines[..^1], some => Assert.NotEmpty(some));
            var numbers = lines.SelectMany(some => some).Select(line => long.Parse(Line().Match(line).Groups[1].Value, CultureInfo.InvariantCulture)).Order().ToArray();
            Assert.Equal(Enumerable.Range(1, (int)sent).Select(number => (long)number), numbers);
        }
    }

    [Fact]
    public async Task Reload_OtherFile_GoesOnThere()
    {
        var folder = Prepare("one.log");
        await using var site = await TrialSite.StartAsync(folder);
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
        var configuration = await File.ReadAllTextAsync(folder.Configuration, TestContext.Current.CancellationToken);
        folder.Configure(configuration.Replace("one.log", "nowhere/two.log", StringComparison.Ordinal));
        site.Server.Signal(PosixSignalNumber.Hangup);
        await site.Server.Log.WaitForAsync("Webserv:AccessLog:Path: the directory");
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));

        folder.Configure(configuration.Replace("one.log", "two.log", StringComparison.Ordinal));
        site.Server.Signal(PosixSignalNumber.Hangup);
        await site.Server.Log.WaitForAsync("Reloaded; generation 2 serves");
        Assert.Equal(404, TrialSite.StatusOf(await site.ExchangeAsync("GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
        await Eventually.HoldsAsync(
            () => !ProcessTable.OpenIn(site.Server.Id).Any(name => name.EndsWith("one.log", StringComparison.Ordinal)), () => "one.log is still open");
        Assert.Equal(0, await site.Server.StopAsync());
        Assert.Equal(2, File.ReadAllLines(folder.Combine("one.log")).Count(line => line.Contains("\"GET /small.html HTTP/1.1\" 200 612 ", StringComparison.Ordinal)));
        Assert.Contains("\"GET /nothing HTTP/1.1\" 404 ", Assert.Single(File.ReadAllLines(folder.Combine("two.log"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DiskFull_IsSaidOnceAndTheServerGoesOn()
    {
        var folder = Prepare("logs/access.log");
        await using var site = await TrialSite.StartAsync(folder, launcher: FullDiskTests.WithSmallDisk(folder.MakeDirectory("logs")));
        var file = $"/proc/{site.Server.Id}/root{folder.Combine("logs", "access.log")}";
        var request = $"GET /small.html HTTP/1.1\r\nHost: x\r\nUser-Agent: {new string('x', 4000)}\r\n\r\n";
        using var client = await site.Server.ConnectAsync();
        var asked = 0;
        for (; asked < 400; asked++)
        {
            await client.SendAsync(request);
            Assert.Equal(200, TrialSite.StatusOf(await client.ReadResponseAsync()));
        }

        await site.Server.Log.WaitForAsync("logs/access.log cannot be written: no space left on device");
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
        var first = File.ReadAllLines(file).Length;
        await using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(0);
        }

        await site.Server.Log.WaitForAsync("logs/access.log is written again");
        await Eventually.HoldsAsync(
            () => File.ReadAllLines(file).Length is var second && second + first - 1 == asked + 1, () => $"{first} and {File.ReadAllLines(file).Length} of {asked + 1} lines");
        Assert.Single(site.Server.Log.Lines, line => line.Contains("cannot be written", StringComparison.Ordinal));
        Assert.Equal(0, await site.Server.StopAsync());
    }

    [Fact]
    public async Task StandardOutput_HoldsTheLines()
    {
        await using var site = await TrialSite.StartAsync(Prepare("-"));
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
        await Eventually.HoldsAsync(() => site.Server.Output.Any(line => Regex.IsMatch(line, "\"GET /small.html HTTP/1.1\" 200 612 ")), () => string.Join('\n', site.Server.Output));
        Assert.Equal(0, await site.Server.StopAsync());
    }

    [Fact]
    public async Task Start_FileCannotBeOpened_IsSaidWithItsPlace()
    {
        using var folder = Prepare("/proc/access.log");
        var result = await ExternalProgram.RunAsync(Repository.Server, ["run", "--config", folder.Configuration]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(":2: Webserv:AccessLog:Path: /proc/access.log ", result.Errors, StringComparison.Ordinal);
    }

    private static ServerFolder Prepare(string path)
    {
        var folder = TrialSite.Prepare();
        var configuration = File.ReadAllText(folder.Configuration);
        folder.Configure(configuration.Replace("\"Limits\":", $"\"AccessLog\": {{ \"Path\": \"{path}\", \"FlushInterval\": \"50ms\" }}, \"Limits\":", StringComparison.Ordinal));
        return folder;
    }

    private static async Task AskUntilAsync(TrialSite site, Func<long> next, CancellationToken stop)
    {
        using var client = await site.Server.ConnectAsync();
        while (!stop.IsCancellationRequested)
        {
            await client.SendAsync(string.Create(CultureInfo.InvariantCulture, $"GET /small.html?n={next()} HTTP/1.1\r\nHost: x\r\n\r\n"));
            Assert.Equal(200, TrialSite.StatusOf(await client.ReadResponseAsync()));
        }
    }

    [GeneratedRegex("^127\\.0\\.0\\.1 - - \\[[^]]+\\] \"GET /small\\.html\\?n=(\\d+) HTTP/1\\.1\" 200 612 \"-\" \"-\"$")]
    private static partial Regex Line();
}
