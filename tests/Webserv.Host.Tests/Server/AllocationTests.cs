using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;
using Webserv.Host.Metrics;
using Webserv.Plugins.Metrics.Collection;
using Webserv.Plugins.StaticFiles;

namespace Webserv.Host.Tests.Server;

/// <summary>What a request costs the event loop's thread in managed memory. Nothing else runs on that thread.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int Requests = 10_000;
    private const int MaxRounds = 20;

    // What the loop does once in a while (the Date line once a second, the file looked at again once it is a second old) is
    // not of a request's making: some hundred octets a second, whatever the load. One octet a request would be 10,000.
    private const int Allowance = 4_096;

    private readonly string _directory = Directory.CreateTempSubdirectory("webserv-allocation-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory(Timeout = 180_000)]
    [InlineData("", 200, 612, null)]
    [InlineData("", 200, 612, nameof(AccessLogFormat.Combined))]
    [InlineData("Range: bytes=-17\r\nReferer: http://a/\r\n", 206, 17, nameof(AccessLogFormat.Json))]
    [InlineData("If-None-Match: {tag}\r\nIf-Modified-Since: {date}\r\n", 304, 0, null)]
    [InlineData("If-Modified-Since: {date}\r\n", 304, 0, null)]
    [InlineData("Range: bytes=100-299\r\nIf-Range: {tag}\r\n", 206, 200, null)]
    [InlineData("Range: bytes=-17\r\n", 206, 17, null)]
    public Task KeepAlive_SmallFile_AllocatesNothing(string fields, int status, int length, string? accessLog) =>
        MeasureAsync(new StaticFilesOptions(), fields, status, length, coding: null, accessLog);

    [Fact(Timeout = 180_000)]
    public Task KeepAlive_SmallFileWhileSomebodyReadsMetrics_AllocatesNothing() =>
        MeasureAsync(new StaticFilesOptions(), "", 200, 612, coding: null, isMeasured: true);

    [Theory(Timeout = 180_000)]
    [InlineData("", 200, 100)]
    [InlineData("If-None-Match: {tag}\r\n", 304, 0)]
    [InlineData("Range: bytes=10-19\r\nIf-Range: {tag}\r\n", 206, 10)]
    public async Task KeepAlive_PrecompressedFile_AllocatesNothing(string fields, int status, int length)
    {
        // Of the three that are looked for, the last is there.
        await File.WriteAllBytesAsync(Path.Combine(_directory, "index.html.br"), new byte[100], TestContext.Current.CancellationToken);
        await MeasureAsync(new StaticFilesOptions { Precompressed = ["gzip", "zstd", "br"] }, fields, status, length, "br");
    }

    [Theory(Timeout = 180_000)]
    [InlineData("", 200, null)]
    [InlineData("If-None-Match: {tag}\r\n", 304, 0)]
    public Task KeepAlive_FileThatWasCompressed_AllocatesNothing(string fields, int status, int? length)
    {
        var options = new StaticFilesOptions { Precompressed = ["gzip", "zstd", "br"], Compression = { Codings = ["zstd"], MinSize = 1 } };
        return MeasureAsync(options, fields, status, length, "zstd");
    }

    private async Task MeasureAsync(StaticFilesOptions options, string fields, int status, int? length, string? coding, string? accessLog = null, bool isMeasured = false)
    {
        await File.WriteAllBytesAsync(Path.Combine(_directory, "index.html"), new byte[612], TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(Path.Combine(_directory, "index.html"), DateTime.UnixEpoch.AddYears(50));
        IMiddleware? middleware = null;
        long count = 0, first = -1, last = -1;
        var start = long.MaxValue;
        await using var rig = await ServerRig.StartAsync(RigKind.EpollInline, setup =>
        {
            var name = setup.Register(_ => (context, next, cancellation) =>
            {
                count++;
                if (count == start)
                {
                    first = GC.GetAllocatedBytesForCurrentThread();
                }
                else if (count == start + Requests)
                {
                    last = GC.GetAllocatedBytesForCurrentThread();
                }

                return middleware!.InvokeAsync(context, next, cancellation);
            }, releasesContext: true);
            setup.Add(new PipelineEntryOptions { ConfigurationPath = "x", Use = name, Root = _directory });
            setup.AccessLog = accessLog is null ? null : new AccessLogOptions
            {
                ConfigurationPath = "x",
                Format = Enum.Parse<AccessLogFormat>(accessLog),
                File = new LogFileOptions(Path.Combine(_directory, "access.log"), UnixFileMode.UserWrite, 64 * 1024, TimeSpan.FromSeconds(1), 1 << 20),
            };
        });
        using var meter = new Meter("Webserv.Host.Tests.AllocationTests");
        rig.Http.Meter = new RequestMeter(meter, rig.Http.Logger);
        using var collector = new MeterCollector([meter.Name], 1000, NullLogger.Instance);
        if (isMeasured)
        {
            collector.Start();
        }

        middleware = StaticFilesOf.Create(rig, _directory, options);
        const string Accept = "Accept-Encoding: gzip, deflate, br, zstd\r\n";
        using var client = await rig.ConnectAsync();
        client.BePatient(TimeSpan.FromSeconds(150));
        var response = await client.GetAsync("/index.html", Accept);
        Assert.Equal((200, coding), (response.Status, response["Content-Encoding"]));
        if (coding == "zstd")
        {
            // The first request compresses; what it has made is kept when it is over.
            await ServerRig.WaitAsync(() => ((StaticFilesMiddleware)middleware).CompressedMemory > 1024, () => "it is not kept");
        }

        fields = fields.Replace("{tag}", response["ETag"], StringComparison.Ordinal).Replace("{date}", response["Last-Modified"], StringComparison.Ordinal);
        response = await client.GetAsync("/index.html", Accept + fields);
        Assert.Equal((status, length ?? response.Body.Length), (response.Status, response.Body.Length));
        var request = Encoding.ASCII.GetBytes(
            "GET /index.html?x=1 HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: test\r\nAccept: */*\r\n" + Accept + fields + "\r\n");
        var answer = response.Head.Length + response.Body.Length;

        // Until the runtime has compiled everything with optimisation, its intermediate code allocates. That comes on threads
        // and at times of the runtime's own, so a round may be spoiled; the steady state may not.
        var rounds = new List<long>();
        do
        {
            (first, last, start) = (-1, -1, count + 1);
            await RepeatAsync(client, request, answer, Requests + 1);
            Assert.True(first > 0 && last > 0, "the middleware was not called as often as requests were sent");
            rounds.Add(last - first);
        }
        while (rounds[^1] > Allowance && rounds.Count < MaxRounds);

        Assert.Equal(isMeasured ? 1 : 0, collector.Read().Sum(instrument => instrument.Series.All.Count));
        Assert.True(rounds[^1] <= Allowance, $"octets for {Requests} requests, round by round: {string.Join(", ", rounds)}");
    }

    private static async Task RepeatAsync(RawClient client, byte[] request, int length, int count)
    {
        var answer = new byte[length];
        for (var index = 0; index < count; index++)
        {
            await client.Stream.WriteAsync(request, client.Token);
            await client.Stream.ReadExactlyAsync(answer, client.Token);
        }
    }
}
