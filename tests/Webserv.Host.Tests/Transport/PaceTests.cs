using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Transport;

/// <summary>Minimum rates, without a clock.</summary>
public sealed class PaceTests
{
    private static readonly MinimumRate Rate = new(100, Grace: 5_000, MaxCredit: 30_000);

    [Fact]
    public void Patience_NoRate_IsEndless()
    {
        var pace = new Pace(null);
        pace.Waited(long.MaxValue, 0);
        Assert.Equal(long.MaxValue, pace.Patience);
    }

    [Fact]
    public void Patience_NothingComes_IsTheGrace()
    {
        var pace = new Pace(Rate);
        Assert.Equal(5_000, pace.Patience);
        pace.Waited(4_999, 0);
        Assert.Equal(1, pace.Patience);
        pace.Waited(1, 0);
        Assert.Equal(0, pace.Patience);
    }

    [Theory]
    [InlineData(100, 5_000)]
    [InlineData(99, 4_000)]
    [InlineData(0, 0)]
    public void Patience_ForAHundredSeconds_FollowsTheRate(int bytesPerSecond, long patience)
    {
        var pace = new Pace(Rate);
        for (var second = 0; second < 100; second++)
        {
            pace.Waited(1_000, bytesPerSecond);
        }

        Assert.Equal(patience, pace.Patience);
    }

    [Fact]
    public void Patience_MuchCame_GoesUpToTheCredit()
    {
        var pace = new Pace(Rate);
        pace.Waited(0, long.MaxValue / 4000);
        Assert.Equal(30_000, pace.Patience);
    }

    [Fact]
    public void Of_NoRate_IsNone()
    {
        Assert.Null(MinimumRate.Of(0, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)));
        Assert.Equal(new MinimumRate(1, 5_000, 30_000), MinimumRate.Of(1, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)));
        Assert.Equal(new MinimumRate(1, 5_000, 5_000), MinimumRate.Of(1, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Look_PeerTakesNothing_GivesUpAfterTheTimeout()
    {
        var watch = new SendWatch(new SendLimits(1_000, null));
        watch.Begin(50, 500);
        Assert.Equal(1_050, watch.Deadline);
        Assert.True(watch.Look(900, 499));
        Assert.Equal(1_900, watch.Deadline);
        Assert.True(watch.Look(1_899, 499));
        Assert.False(watch.Look(1_900, 499));
        Assert.Equal("the peer takes nothing: the send timed out", watch.Problem);
    }

    [Fact]
    public void Look_PeerTakesLessThanTheRate_GivesUpWhenTheGraceIsUsedUp()
    {
        var watch = new SendWatch(new SendLimits(30_000, Rate));
        var left = 1_000_000L;
        watch.Begin(0, left);
        Assert.Equal(5_000, watch.Deadline);
        for (var second = 1; second < 10; second++)
        {
            Assert.True(watch.Look(second * 1_000, left -= 50));
        }

        Assert.False(watch.Look(10_000, left - 50));
        Assert.Equal("the peer takes less than 100 bytes a second: the send timed out", watch.Problem);
    }

    [Fact]
    public void Look_NextSend_KeepsWhatWasEarned()
    {
        var watch = new SendWatch(new SendLimits(60_000, Rate));
        watch.Begin(0, 10_000);
        Assert.True(watch.Look(1_000, 0));

        // Time between two sends does not count.
        watch.Begin(500_000, 10_000);
        Assert.True(watch.Look(500_000 + 29_999, 10_000));
        Assert.False(watch.Look(500_000 + 30_000, 10_000));
    }
}
