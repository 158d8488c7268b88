using Webserv.Host.Admission;

namespace Webserv.Host.Tests.Admission;

/// <summary>Floods that do not flood the log.</summary>
public sealed class PeriodicCountTests
{
    [Fact]
    public void Add_Flood_IsToldOnceAPeriodWithItsNumber()
    {
        var count = new PeriodicCount(10_000);
        Assert.Equal(1, count.Add(5));
        for (var i = 0; i < 999; i++)
        {
            Assert.Equal(0, count.Add(10_004));
        }

        Assert.Equal(1_000, count.Add(10_005));
        Assert.Equal(0, count.Add(10_006));
    }

    [Fact]
    public void TakeRest_AfterTheFlood_TellsWhatIsLeft()
    {
        var count = new PeriodicCount(10_000);
        Assert.Equal(0, count.TakeRest(0));
        Assert.Equal(1, count.Add(0));
        Assert.Equal(0, count.Add(1));
        Assert.Equal(0, count.TakeRest(9_999));
        Assert.Equal(1, count.TakeRest(10_000));
        Assert.Equal(0, count.TakeRest(20_000));
        Assert.Equal(1, count.Add(20_001));
    }
}
