namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>Waits for what the system shows in <c>/proc</c> or on the disk and tells nobody of.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks again and again until something holds.</summary>
    /// <param name="condition">Looks.</param>
    /// <param name="describe">What the failure shows.</param>
    /// <param name="timeout">Fails after this time; 10 seconds where it is left out.</param>
    public static async Task HoldsAsync(Func<bool> condition, Func<string> describe, TimeSpan? timeout = null)
    {
        var limit = timeout ?? TimeSpan.FromSeconds(10);
        var began = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > limit)
            {
                Assert.Fail($"Waited for {limit.TotalSeconds} s in vain: {describe()}");
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
