using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Http;
using Webserv.Plugins.Metrics.Collection;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.Metrics.Tests;

public sealed class MetricsTests : IDisposable
{
    private readonly string _name = "Test." + Guid.NewGuid().ToString("N");
    private readonly Meter _meter;

    public MetricsTests() => _meter = new Meter(_name);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task InvokeAsync_InstrumentsOfEveryKind_AreShown()
    {
        var counter = _meter.CreateCounter<int>("jobs", "{job}", "Jobs.");
        await using var pipeline = await StartAsync();
        var late = _meter.CreateHistogram("took", "s", "", null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2] });
        var level = _meter.CreateUpDownCounter<short>("level");
        var heat = _meter.CreateGauge<decimal>("heat", "Cel");
        _meter.CreateObservableCounter("read", () => 17L, "By");
        _meter.CreateObservableUpDownCounter<float>("tide", () => [new(1, new KeyValuePair<string, object?>("k", 1)), new(2.5f, new KeyValuePair<string, object?>("k", 1))]);
        _meter.CreateObservableGauge<byte>("moon", () => [new(1), new(2)]);
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a"));
        late.Record(2);
        level.Add(5);
        level.Add(-7);
        heat.Record(1.5m);
        heat.Record(-2.5m);
        var scope = $"otel_scope_name=\"{_name}\"";
        var response = await pipeline.SendAsync(TestHttpContext.Get("/metrics"), Cancellation);
        Assert.Equal((200, "text/plain; version=0.0.4; charset=utf-8", "no-store"), (response.StatusCode, response.Headers["Content-Type"].ToString(), response.Headers["Cache-Control"].ToString()));
        Assert.Equal(
            $$"""
            # TYPE heat_celsius gauge
            heat_celsius{{{scope}}} -2.5
            # HELP jobs_total Jobs.
            # TYPE jobs_total counter
            jobs_total{{{scope}},kind="a"} 5
            # TYPE level gauge
            level{{{scope}}} -2
            # TYPE moon gauge
            moon{{{scope}}} 2
            # TYPE read_bytes_total counter
            read_bytes_total{{{scope}}} 17
            # TYPE tide gauge
            tide{{{scope}},k="1"} 3.5
            # TYPE took_seconds histogram
            took_seconds_bucket{{{scope}},le="1"} 0
            took_seconds_bucket{{{scope}},le="2"} 1
            took_seconds_bucket{{{scope}},le="+Inf"} 1
            took_seconds_sum{{{scope}}} 2
            took_seconds_count{{{scope}}} 1

            """,
            response.BodyText,
            ignoreLineEndingDifferences: true);

        // What is read is as it is, and not added to what was read before.
        Assert.Contains("} 17\n", await GetAsync(pipeline), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_OtherMethods_ArePassedOn()
    {
        await using var pipeline = await StartAsync();
        var response = await pipeline.SendAsync(TestHttpContext.Put("/metrics"), Cancellation);
        Assert.Equal((405, "GET, HEAD, OPTIONS"), (response.StatusCode, response.Headers["Allow"].ToString()));
    }

    [Fact]
    public async Task InvokeAsync_InstrumentThatThrows_TheOthersAreShownAndTheLogSaysIt()
    {
        var logger = new Lines();
        _meter.CreateObservableGauge("bad", new Func<int>(() => throw new InvalidOperationException("no gauge today")));
        _meter.CreateObservableGauge("good", () => 1);
        using var middleware = await MakeAsync(new MetricsOptions { Meters = [_name] }, logger);
        Assert.Contains("good{", await ReadAsync(middleware), StringComparison.Ordinal);
        Assert.Contains("no gauge today", Assert.Single(logger.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_TooManyLabels_AreCountedTogetherAndTheLogSaysItOnce()
    {
        var logger = new Lines();
        using var middleware = await MakeAsync(new MetricsOptions { Meters = [_name], MaxSeries = 3 }, logger);
        var counter = _meter.CreateCounter<int>("paths");
        for (var path = 0; path < 1000; path++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("path", path));
        }

        var text = await ReadAsync(middleware);
        Assert.Equal(5, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("otel_metric_overflow=\"true\"} 997\n", text, StringComparison.Ordinal);
        Assert.Contains("more than 3 ", Assert.Single(logger.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_NameOfAnotherKind_IsNotShownAndTheLogSaysIt()
    {
        var logger = new Lines();
        using var other = new Meter(_name + ".other");
        using var middleware = await MakeAsync(new MetricsOptions { Meters = [_name + "*"] }, logger);
        var first = _meter.CreateUpDownCounter<int>("size", "By");
        var second = other.CreateHistogram<int>("size.bytes");
        var third = other.CreateUpDownCounter<int>("size_bytes");
        first.Add(1);
        second.Record(1);
        third.Add(1);
        var text = await ReadAsync(middleware);
        Assert.Equal(3, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains($"size_bytes{{otel_scope_name=\"{_name}.other\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("size.bytes", Assert.Single(logger.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_MeterReplacedByAnotherOfTheSameName_GoesOnAndEndsWithTheLast()
    {
        using var middleware = await MakeAsync(new MetricsOptions { Meters = [_name] });
        var old = new Meter(_name);
        old.CreateCounter<int>("jobs").Add(2);
        old.CreateObservableGauge("rooms", () => 3);
        var next = new Meter(_name);
        next.CreateCounter<int>("jobs").Add(5);
        Assert.Contains("} 7\n", await ReadAsync(middleware), StringComparison.Ordinal);
        old.Dispose();
        var text = await ReadAsync(middleware);
        Assert.Contains("} 7\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("rooms", text, StringComparison.Ordinal);
        next.Dispose();
        Assert.Equal("", await ReadAsync(middleware));
    }

    [Fact]
    public async Task InvokeAsync_MetersThatAreNotNamed_AreNotMeasured()
    {
        using var other = new Meter(_name + "2");
        using var middleware = await MakeAsync(new MetricsOptions { Meters = [_name] });
        var counter = other.CreateCounter<int>("jobs");
        Assert.False(counter.Enabled);
        Assert.Equal("", await ReadAsync(middleware));
        using var all = await MakeAsync(new MetricsOptions());
        Assert.True(counter.Enabled);
        all.Dispose();
        Assert.False(counter.Enabled);
    }

    [Fact]
    public async Task InvokeAsync_AnotherReadingDoesNotEnd_IsAnswered503()
    {
        var time = new FakeTimeProvider();
        using var entered = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        _meter.CreateObservableGauge("stuck", () =>
        {
            entered.Release();
            release.Wait();
            return 1;
        });
        using var middleware = await MakeAsync(new MetricsOptions { Meters = [_name] }, time: time);
        var first = Task.Run(() => ReadAsync(middleware), Cancellation);
        await entered.WaitAsync(Cancellation);
        var second = ReadAsync(middleware);
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(503, (await Assert.ThrowsAsync<HttpException>(() => second)).StatusCode);
        var third = ReadAsync(middleware);
        release.Set();
        Assert.Contains("stuck{", await first, StringComparison.Ordinal);
        Assert.Contains("stuck{", await third, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_SeriesThatIsThere_AllocatesNothing()
    {
        using var collector = new MeterCollector([_name], 10, NullLogger.Instance);
        collector.Start();
        var histogram = _meter.CreateHistogram<double>("took", "s");
        KeyValuePair<string, object?>[] tags = [new("http.request.method", "GET"), new("http.response.status_code", 200), new("webserv.virtual_server", "main")];
        var allocated = -1L;
        for (var round = 0; round < 20 && allocated != 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var index = 0; index < 10_000; index++)
            {
                histogram.Record(0.001, tags);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task Validate_Mistakes_AreAllNamed()
    {
        await using var host = await PluginHost.CreateAsync<MetricsPlugin>(cancellation: Cancellation);
        Assert.Equal(
            ["Meters: 'a*b' is not the name of a meter; a * may only be its end", "MaxSeries: must be from 1 to 100000"],
            host.Validate<MetricsOptions>("Metrics", options => (options.Meters, options.MaxSeries) = (["x", "a*b"], 0)));
        Assert.Equal(
            ["Meters: names no meter, so that there is nothing to show"], host.Validate<MetricsOptions>("Metrics", options => options.Meters = []));
        Assert.Empty(host.Validate<MetricsOptions>("Metrics", options => options.Meters = ["Webserv", "Shop.*", "*"]));
    }

    [Fact]
    public async Task Plugin_UnloadedAfterMeasuring_LeavesMemory()
    {
        var counter = _meter.CreateCounter<int>("jobs");
        _meter.CreateObservableGauge("rooms", () => 3);
        await PluginUnload.AssertUnloadsAsync<MetricsPlugin>(
            async host =>
            {
                await host.UseAsync("Metrics", new Dictionary<string, object?> { ["Meters"] = new[] { _name } }, cancellation: Cancellation);
                counter.Add(1, new KeyValuePair<string, object?>("kind", "a"));
                Assert.Contains("jobs_total{", (await host.SendAsync(TestHttpContext.Get("/"), Cancellation)).BodyText, StringComparison.Ordinal);
            },
            Cancellation);
        Assert.False(counter.Enabled);
    }

    private static async Task<string> GetAsync(TestPipeline pipeline) => (await pipeline.SendAsync(TestHttpContext.Get("/metrics"), Cancellation)).BodyText;

    private static async Task<string> ReadAsync(MetricsMiddleware middleware)
    {
        var context = TestHttpContext.Get("/metrics");
        await middleware.InvokeAsync(context, (_, _) => throw new InvalidOperationException("It answers."), Cancellation);
        return context.Response.BodyText;
    }

    private static async Task<MetricsMiddleware> MakeAsync(MetricsOptions options, ILogger<MetricsMiddleware>? logger = null, TimeProvider? time = null)
    {
        var middleware = new MetricsMiddleware(Options.Create(options), time ?? TimeProvider.System, logger ?? NullLogger<MetricsMiddleware>.Instance);
        await middleware.InitializeAsync(Cancellation);
        return middleware;
    }

    private async Task<TestPipeline> StartAsync()
    {
        var pipeline = new TestPipeline();
        await pipeline.LoadAsync<MetricsPlugin>(cancellation: Cancellation);
        await pipeline.UseAsync<MetricsOptions>("Metrics", options => options.Meters = [_name], cancellation: Cancellation);
        return pipeline;
    }

    private sealed class Lines : ILogger<MetricsMiddleware>
    {
        public List<string> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add(formatter(state, exception));
    }
}
