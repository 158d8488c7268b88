using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Plugins;

public sealed class PluginStatisticsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1_000)]
    [InlineData(1_023)]
    [InlineData(1_024)]
    [InlineData(123_456_789)]
    [InlineData(1_000_000_000_000)]
    public void Percentile_OfOneTime_IsItOrAtMostAQuarterMore(long microseconds)
    {
        var statistics = new PluginStatistics();
        statistics.Enter();
        statistics.Leave(TimeSpan.FromMicroseconds(microseconds), isFailure: false);
        Assert.InRange(statistics.Percentile(0.5)!.Value.TotalMicroseconds, microseconds, microseconds * 1.25);
        Assert.Equal(statistics.Percentile(0), statistics.Percentile(1));
    }

    [Fact]
    public void Percentile_OfMany_IsThatOfTheRank()
    {
        var statistics = new PluginStatistics();
        for (var request = 1; request <= 100; request++)
        {
            statistics.Enter();
            statistics.Leave(TimeSpan.FromMilliseconds(request <= 98 ? 1 : 500), isFailure: request > 98);
        }

        statistics.Enter();
        Assert.InRange(statistics.Percentile(0.5)!.Value.TotalMilliseconds, 1, 1.25);
        Assert.InRange(statistics.Percentile(0.98)!.Value.TotalMilliseconds, 1, 1.25);
        Assert.InRange(statistics.Percentile(0.99)!.Value.TotalMilliseconds, 500, 625);
        Assert.Equal((100, 2, 1), (statistics.Requests, statistics.Errors, statistics.Inside));
    }

    [Fact]
    public void Percentile_OfNothing_IsNone() => Assert.Null(new PluginStatistics().Percentile(0.99));

    [Fact]
    public void Leave_LongestTime_IsCounted()
    {
        var statistics = new PluginStatistics();
        statistics.Leave(TimeSpan.MaxValue, isFailure: false);
        Assert.NotNull(statistics.Percentile(0.5));
    }
}
