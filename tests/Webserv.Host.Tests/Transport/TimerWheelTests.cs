using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Tests.Transport;

public sealed class TimerWheelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(1_000)]
    [InlineData(130_000)]
    [InlineData(1_000_000)]
    public void Advance_StepByStep_CallsNeverEarlyAndAtMostATickLate(long delay)
    {
        const long Start = 123_456_789;
        var wheel = Create(Start);
        var entry = new Entry(wheel, Start + delay);
        wheel.File(entry, entry.Due);
        for (var now = Start; entry.CalledAt == 0; now += 10)
        {
            Assert.True(wheel.MillisecondsUntilNext(now) >= 0);
            wheel.Advance(now);
        }

        Assert.InRange(entry.CalledAt, Start + delay, Start + delay + TimerWheel.Resolution + 10);
        Assert.Equal(-1, wheel.MillisecondsUntilNext(entry.CalledAt));
    }

    [Fact]
    public void MillisecondsUntilNext_SleepingThatLong_ReachesEveryDeadline()
    {
        var wheel = Create(0);
        var entries = Enumerable.Range(0, 500).Select(i => new Entry(wheel, i * 7919L % 400_000)).ToList();
        entries.ForEach(entry => wheel.File(entry, entry.Due));
        long now = 0;
        while (wheel.MillisecondsUntilNext(now) is var wait and >= 0)
        {
            now += wait;
            wheel.Advance(now);
        }

        Assert.All(entries, entry => Assert.InRange(entry.CalledAt, entry.Due, entry.Due + TimerWheel.Resolution));
    }

    [Fact]
    public void Advance_AfterALongPause_CallsEverything()
    {
        var wheel = Create(0);
        var entries = Enumerable.Range(1, 300).Select(i => new Entry(wheel, i * 400L)).ToList();
        entries.ForEach(entry => wheel.File(entry, entry.Due));
        wheel.Advance(10_000_000);
        Assert.All(entries, entry => Assert.Equal(10_000_000, entry.CalledAt));
    }

    [Fact]
    public void Remove_OthersInTheSameBucket_AreStillCalled()
    {
        var wheel = Create(0);
        var entries = Enumerable.Range(0, 3).Select(_ => new Entry(wheel, 100)).ToList();
        entries.ForEach(entry => wheel.File(entry, entry.Due));
        wheel.Remove(entries[1]);
        wheel.Advance(1_000);
        Assert.Equal([1_000L, 0L, 1_000L], entries.Select(entry => entry.CalledAt));
    }

    [Fact]
    public void Advance_EntryThrows_OthersAreStillCalled()
    {
        var failed = new List<TimerEntry>();
        var wheel = new TimerWheel(0, (entry, _) => failed.Add(entry));
        var good = new Entry(wheel, 100);
        var bad = new Moq.Mock<TimerEntry>();
        bad.Setup(entry => entry.OnTimer(Moq.It.IsAny<long>())).Throws<InvalidTimeZoneException>();
        wheel.File(good, 100);
        wheel.File(bad.Object, 100);
        wheel.Advance(1_000);
        Assert.Equal(1_000, good.CalledAt);
        Assert.Same(bad.Object, Assert.Single(failed));
    }

    private static TimerWheel Create(long now) => new(now, (_, error) => Assert.Fail(error.ToString()));

    private sealed class Entry(TimerWheel wheel, long due) : TimerEntry
    {
        public long Due => due;

        public long CalledAt { get; private set; }

        internal override void OnTimer(long now)
        {
            if (now < due)
            {
                wheel.File(this, due);
            }
            else
            {
                CalledAt = now;
            }
        }
    }
}
