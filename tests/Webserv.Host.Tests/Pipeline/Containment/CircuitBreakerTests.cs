using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webserv.Host.Configuration;
using Webserv.Host.Pipeline;
using Webserv.Host.Pipeline.Containment;
using Webserv.Host.Plugins.Versions;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Pipeline.Containment;

public sealed class CircuitBreakerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CollectingLoggerProvider _log = new();

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Report_AsManyFailuresInTime_OpensOnceAndSaysSo(int failures)
    {
        var breaker = Make(failures);
        for (var failure = 1; failure <= failures; failure++)
        {
            Assert.True(breaker.TryEnter(0, out var pass));
            breaker.Report(pass, RequestOutcome.Succeeded, "");
            breaker.Report(pass, RequestOutcome.Failed, $"threw number {failure}");
        }

        // Those that were inside when it opened.
        breaker.Report(default, RequestOutcome.Failed, "threw late");
        breaker.Report(default, RequestOutcome.Succeeded, "");
        Assert.False(breaker.TryEnter(0, out _));
        Assert.Equal(10, breaker.GetRetryAfter());
        _time.Advance(TimeSpan.FromSeconds(3.5));
        Assert.Equal(7, breaker.GetRetryAfter());
        var line = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains($"failed {failures} times within 30 s; its breaker is open for 10 s (Refuse). The last one threw number {failures}", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_FailuresTooFarApart_StaysClosed()
    {
        var breaker = Make(3);
        for (var failure = 0; failure < 20; failure++)
        {
            Assert.True(breaker.TryEnter(0, out var pass));
            breaker.Report(pass, RequestOutcome.Failed, "threw");
            _time.Advance(TimeSpan.FromSeconds(15.1));
        }

        breaker.Report(default, RequestOutcome.Failed, "threw");
        Assert.True(breaker.IsClosed);
        breaker.Report(default, RequestOutcome.Failed, "threw");
        Assert.False(breaker.IsClosed);
    }

    [Fact]
    public void TryEnter_HalfOpen_LetsOneInAtATimeUntilOneSucceeds()
    {
        var breaker = Open();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(breaker.TryEnter(0, out var first));
        Assert.False(breaker.TryEnter(0, out _));
        breaker.Report(first, RequestOutcome.Unknown, "");

        Assert.True(breaker.TryEnter(0, out var second));
        breaker.Report(second, RequestOutcome.Failed, "threw again");
        Assert.False(breaker.TryEnter(0, out _));
        Assert.Equal(10, breaker.GetRetryAfter());

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(breaker.TryEnter(0, out var third));
        breaker.Report(third, RequestOutcome.Succeeded, "");
        Assert.True(breaker.TryEnter(0, out var fourth));
        Assert.Equal(default, fourth);

        // What was counted before counts no more.
        breaker.Report(fourth, RequestOutcome.Failed, "threw");
        Assert.True(breaker.IsClosed);
        Assert.Equal(1, breaker.Openings);
        Assert.Equal(
            ["failed 2 times", "is tried again", "is tried again", "fails still", "is tried again", "works again"],
            _log.Entries.Select(entry => new[] { "failed 2 times", "is tried again", "fails still", "works again" }.Single(
                words => entry.Message.Contains(words, StringComparison.Ordinal))));
    }

    [Fact]
    public void TryEnter_ProbeThatDoesNotEnd_MakesWayForAnotherAfterTheSameTime()
    {
        var breaker = Open();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(breaker.TryEnter(0, out var hanging));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(breaker.TryEnter(0, out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryEnter(0, out var second));
        breaker.Report(hanging, RequestOutcome.Failed, "was overtaken");
        Assert.False(breaker.TryEnter(0, out _));
        breaker.Report(second, RequestOutcome.Succeeded, "");
        Assert.True(breaker.IsClosed);
        Assert.DoesNotContain(_log.Entries, entry => entry.Message.Contains("fails still", StringComparison.Ordinal));
    }

    [Fact]
    public void Report_TrialThatTookLongerThanOpenFor_ClosesItIfItSucceeds()
    {
        var breaker = Open();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(breaker.TryEnter(0, out var slow));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(breaker.TryEnter(0, out var other));
        breaker.Report(slow, RequestOutcome.Succeeded, "");
        Assert.True(breaker.IsClosed);
        Assert.Single(_log.Entries, entry => entry.Message.Contains("works again", StringComparison.Ordinal));

        // What is still inside of that time says nothing of the next one.
        breaker.Report(default, RequestOutcome.Failed, "threw");
        breaker.Report(default, RequestOutcome.Failed, "threw");
        Assert.False(breaker.IsClosed);
        breaker.Report(other, RequestOutcome.Succeeded, "");
        Assert.False(breaker.IsClosed);
    }

    [Fact]
    public void TryEnter_AsManyStuckAsOpenIt_TriesNothing()
    {
        var breaker = Open();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(breaker.TryEnter(2, out _));
        Assert.Equal(1, breaker.GetRetryAfter());
        Assert.True(breaker.TryEnter(1, out _));
    }

    [Fact]
    public void MiddlewareUse_PreviousVersion_TellsOfTheBuildWhenTheBreakerOpens()
    {
        var catalog = new TestCatalog();
        catalog.Add("A", inline: true, _ => (_, _, _) => Task.CompletedTask);
        var registration = catalog.Find("A")!;
        var instance = new MiddlewareInstance(registration.Create(new TestEntry(), null, new ErrorList())!, registration, "", _log.CreateLogger("pipeline"));
        var failing = new FailingPlugins();
        var budget = new PluginBudgetOptions { Breaker = new BreakerOptions { Failures = 1, Then = BreakerAction.PreviousVersion } };
        var use = new MiddlewareUse(instance, null, budget, "Webserv:0", failing, _time, _log.CreateLogger("breaker"));
        Assert.False(failing.Contains("Test", "Test-hash"));
        use.Breaker!.Report(default, RequestOutcome.Failed, "threw");
        Assert.True(failing.Contains("Test", "Test-hash"));
    }

    private CircuitBreaker Open()
    {
        var breaker = Make(2);
        breaker.Report(default, RequestOutcome.Failed, "threw");
        breaker.Report(default, RequestOutcome.Failed, "threw");
        return breaker;
    }

    private CircuitBreaker Make(int failures) =>
        new("Webserv:0 (Foo)", "Foo", new BreakerOptions { Failures = failures }, _time, _log.CreateLogger("breaker"));
}
