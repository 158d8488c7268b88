using Webserv.Host.Control;

namespace Webserv.Host.Tests.Control;

public sealed class StatusReportTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void ToText_EverythingThereIsToSay_IsATableWithNotes()
    {
        var status = new ServerStatus(
            4711,
            3,
            AreCounted: true,
            [
                new PluginStatus("Foo", "1.2.3.0", 1, "/p/Foo.dll", Hash, "Loaded", null, 2, ["Foo"], new PluginCounts(12345, 2, 1, 1_610_613, 0.127, 511.999), 1, ["Pipeline:2 (Foo)"]),
                new PluginStatus("Lame", null, null, "/p/Lame/Lame.dll", null, "Failed", "is no plugin", 0, [], null, 0, []),
            ],
            [new ReplacedPlugin("Foo", "1.2.2.0", Hash, 1, "unloaded 7 s ago, and the collector has not freed it yet")]);
        Assert.Equal(
            """
            plugin  version  abi  state                 load  sha256        requests  errors  inside  p50 ms  p99 ms   allocated  file
            Foo     1.2.3.0  1    Loaded, breaker open  2     0123456789ab  12345     2       1       0.127   511.999  1.5MB      /p/Foo.dll
            Lame    -        -    Failed                -     -             -         -       -       -       -        -          /p/Lame/Lame.dll
            Foo: the breaker of Pipeline:2 (Foo) is open
            Foo: requests that were given up, and whose code goes on: 1
            Lame: is no plugin
            Foo 1.2.2.0 (load 1, 0123456789ab) was replaced and is in memory: unloaded 7 s ago, and the collector has not freed it yet
            process 4711, generation 3

            """,
            StatusReport.ToText(status),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void ToText_NothingCounted_SaysHowToCount() =>
        Assert.Contains("requests are counted with Plugins.Statistics", StatusReport.ToText(new ServerStatus(1, 1, AreCounted: false, [], [])), StringComparison.Ordinal);
}
