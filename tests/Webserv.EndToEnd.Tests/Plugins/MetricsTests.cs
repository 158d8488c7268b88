using System.Globalization;
using System.Text.RegularExpressions;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>A running server is scraped as Prometheus does it.</summary>
public sealed partial class MetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scrape_RunningServer_TellsOfServerRuntimeAndPlugins()
    {
        using var folder = new ServerFolder();
        folder.CopyDirectory(Path.Combine(AppContext.BaseDirectory, "TestPlugins", "Leaky"), "plugins", "Leaky");
        folder.Configure(Configuration("Hello"));
        await using var server = await ServerProcess.StartAsync(folder, endpoints: 2);
        using var site = server.CreateClient();
        using var prometheus = server.CreateClient(1);
        for (var request = 0; request < 5; request++)
        {
            Assert.Equal("Hello, World!\n", await site.GetStringAsync("/hello", Cancellation));
        }

        Assert.Equal(404, (int)(await site.GetAsync("/missing", Cancellation)).StatusCode);
        Assert.Equal("done", await site.GetStringAsync("/leaky", Cancellation));
        await WaitAsync(prometheus, "webserv_plugin_requests_total{webserv_plugin_id=\"Webserv.Plugins.Hello\",webserv_plugin_version=\"0.1.0.0\"}", 5);
        var metrics = await ScrapeAsync(prometheus);
        Assert.Equal(5 + 1, Answers(metrics, "GET", 200));
        Assert.Equal(1, Answers(metrics, "GET", 404));
        Assert.InRange(metrics["webserv_plugin_allocated_bytes_total{webserv_plugin_id=\"Webserv.Plugins.Hello\",webserv_plugin_version=\"0.1.0.0\"}"], 1, 1_000_000);
        Assert.Equal(1, metrics["webserv_plugin_info{webserv_plugin_id=\"Webserv.Plugins.Metrics\",webserv_plugin_state=\"Loaded\",webserv_plugin_version=\"0.1.0.0\"}"]);
        Assert.Equal(1, metrics["http_server_active_requests{webserv_virtual_server=\"private\"}"]);
        Assert.Equal(1, metrics["webserv_connections_open{http_connection_state=\"active\"}"]);
        Assert.Contains(metrics.Keys, name => name.StartsWith("dotnet_process_memory_working_set_bytes{otel_scope_name=\"System.Runtime\"", StringComparison.Ordinal));

        // The meter of another plugin.
        Assert.Contains("leaky{otel_scope_name=\"leaky\"}", metrics.Keys);

        // Private: not on the site.
        Assert.Equal(404, (int)(await site.GetAsync("/metrics", Cancellation)).StatusCode);

        // A reload that leaves its entry as it is goes on counting.
        folder.Configure(Configuration("Servus"));
        server.Signal(PosixSignalNumber.Hangup);
        await server.Log.WaitForAsync("generation 2 serves");
        Assert.Equal("Servus, World!\n", await site.GetStringAsync("/hello", Cancellation));
        await WaitAsync(prometheus, "webserv_generation", 2);
        Assert.Equal(2, Answers(await ScrapeAsync(prometheus), "GET", 404));
        Assert.Equal(0, await server.StopAsync());
    }

    private static double Answers(IReadOnlyDictionary<string, double> metrics, string method, int status) =>
        metrics.GetValueOrDefault(
            $"http_server_request_duration_seconds_count{{http_request_method=\"{method}\",http_response_status_code=\"{status}\",url_scheme=\"http\",webserv_virtual_server=\"main\"}}");

    private static async Task WaitAsync(HttpClient client, string name, double value)
    {
        var start = Environment.TickCount64;
        while (true)
        {
            var metrics = await ScrapeAsync(client);
            if (metrics.TryGetValue(name, out var found) && found == value)
            {
                return;
            }

            Assert.True(Environment.TickCount64 - start < 20_000, $"{name} is not {value}:\n{string.Join("\n", metrics)}");
        }
    }

    /// <summary>Reads strictly: every line is one of the format, every family has its type once and is in one piece, and nothing is said twice.</summary>
    private static async Task<IReadOnlyDictionary<string, double>> ScrapeAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/metrics", Cancellation);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var metrics = new Dictionary<string, double>();
        var families = new HashSet<string>();
        var family = "";
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                continue;
            }

            if (TypeLine().Match(line) is { Success: true } type)
            {
                family = type.Groups[1].Value;
                Assert.True(families.Add(family), line);
                continue;
            }

            var sample = SampleLine().Match(line);
            Assert.True(sample.Success && sample.Groups[2].Value.StartsWith(family, StringComparison.Ordinal), line);
            metrics.Add(sample.Groups[1].Value, double.Parse(sample.Groups[3].Value.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture));
        }

        return metrics;
    }

    private static string Configuration(string greeting) => $$"""
        { "Webserv": {
            "Plugins": { "Directories": ["plugins"], "Statistics": true, "HotReload": false },
            "VirtualServers": [
              { "Name": "main", "Listen": ["http://127.0.0.1:0"],
                "Pipeline": [
                  { "Use": "Hello", "When": { "Path": "/hello" }, "Options": { "Greeting": "{{greeting}}" } },
                  { "Use": "Leaky", "When": { "Path": "/leaky" }, "Options": { "Leak": "Meter" } } ] },
              { "Name": "private", "Listen": ["http://127.0.0.2:0"],
                "Pipeline": [ { "Use": "Metrics", "When": { "Path": "/metrics" } } ] } ] } }
        """;

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("^((\\w+)(?:\\{\\w+=\"(?:[^\"\\\\]|\\\\[\\\\n\"])*\"(?:,\\w+=\"(?:[^\"\\\\]|\\\\[\\\\n\"])*\")*\\})?) (-?[0-9][0-9.eE+-]*|[+-]Inf|NaN)$")]
    private static partial Regex SampleLine();
}
