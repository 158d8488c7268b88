namespace Webserv.Host.Transport;

/// <summary>Counts what is under way, and tells when none of it is.</summary>
internal sealed class InFlight
{
    private readonly Lock _sync = new();
    private int _count;
    private TaskCompletionSource? _none;

    /// <summary>Something begins.</summary>
    /// <returns>How many there are with it.</returns>
    public int Begin()
    {
        lock (_sync)
        {
            return ++_count;
        }
    }

    /// <summary>Something has ended.</summary>
    public void End()
    {
        lock (_sync)
        {
            if (--_count == 0)
            {
                _none?.SetResult();
                _none = null;
            }
        }
    }

    /// <summary>Waits until there is none.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Whether it came to that.</returns>
    public async Task<bool> WaitForNoneAsync(TimeSpan timeout, TimeProvider time)
    {
        Task none;
        lock (_sync)
        {
            if (_count == 0)
            {
                return true;
            }

            none = (_none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        try
        {
            await none.WaitAsync(timeout, time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
