using System.Globalization;
using System.Runtime.CompilerServices;
using Webserv.Plugins.Metrics.Collection;

namespace Webserv.Plugins.Metrics.Tests;

public sealed class SeriesTableTests
{
    [Fact]
    public void Get_SameLabels_IsTheSameSeriesInAnyOrderAndFromAnyThread()
    {
        var table = new SeriesTable("", [], 10_000, () => Assert.Fail("too many"));
        Parallel.For(0, 8, _ =>
        {
            for (var index = 0; index < 1000; index++)
            {
                var name = index.ToString(CultureInfo.InvariantCulture);
                table.Get([new("a", name), new("b", index)]).Add(1);
                table.Get([new("b", index), new("a", name)]).Add(1);
            }
        });
        Assert.Equal(1000, table.All.Count);
        Assert.All(table.All, series => Assert.Equal(16, series.Value));
    }

    [Fact]
    public void Get_MoreThanTheMost_AreCountedTogether()
    {
        var told = 0;
        var table = new SeriesTable("", [], 2, () => told++);
        for (var index = 0; index < 100; index++)
        {
            table.Get([new("a", index)]).Add(1);
        }

        Assert.Equal(["a=\"0\"", "a=\"1\"", "otel_metric_overflow=\"true\""], table.All.Select(series => series.Labels));
        Assert.Equal([1, 1, 98], table.All.Select(series => series.Value));
        Assert.Equal(1, told);
    }

    [Fact]
    public void ForgetBefore_WhatWasNotSaidAgain_MakesRoom()
    {
        var table = new SeriesTable("", [], 3, () => Assert.Fail("too many"));
        for (var reading = 1; reading < 50; reading++)
        {
            table.Get([new("a", reading)]).Observe(reading, reading, isSum: true);
            table.Get([new("a", "always")]).Observe(1, reading, isSum: true);
            table.Get([new("a", "always")]).Observe(2, reading, isSum: true);
            table.ForgetBefore(reading);
            Assert.Equal([.. new double[] { 3, reading }.Order()], table.All.Select(series => series.Value).Order());
        }
    }

    [Fact]
    public void Get_ValueThatIsAnObject_IsNotHeld()
    {
        var table = new SeriesTable("", [], 2, () => Assert.Fail("too many"));
        var value = Add(table);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(value.IsAlive);
        Assert.Equal("a=\"a thing\"", Assert.Single(table.All).Labels);
        Add(table);
        Assert.Equal(2, Assert.Single(table.All).Value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Add(SeriesTable table)
    {
        var thing = new Thing();
        table.Get([new("a", thing)]).Add(1);
        return new WeakReference(thing);
    }

    private sealed class Thing
    {
        public override string ToString() => "a thing";
    }
}
