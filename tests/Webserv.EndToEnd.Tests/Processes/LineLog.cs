namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>The lines that a process writes, and a way to wait for them.</summary>
internal sealed class LineLog
{
    private const int MaxLines = 20_000;

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _ended;

    /// <summary>What was written until now; the first 20,000 lines.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Adds a line; <see langword="null"/> is the end of the output.</summary>
    public void Add(string? line)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _ended |= line is null;
            if (line is not null && _lines.Count < MaxLines)
            {
                _lines.Add(line);
            }

            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    /// <summary>Waits until a line contains a text.</summary>
    /// <returns>The first such line.</returns>
    public async Task<string> WaitForAsync(string text)
    {
        await WaitAsync(lines => lines.Any(line => line.Contains(text, StringComparison.Ordinal)), TimeSpan.FromSeconds(30), ToString);
        return Lines.First(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Waits until the lines are as they should be.</summary>
    /// <param name="condition">Is given all lines whenever one is added.</param>
    /// <param name="timeout">Fails after this time, or when the output ends.</param>
    /// <param name="describe">What the failure shows.</param>
    public async Task WaitAsync(Func<IReadOnlyList<string>, bool> condition, TimeSpan timeout, Func<string> describe)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(timeout);
        while (true)
        {
            Task changed;
            bool ended;
            lock (_gate)
            {
                changed = _changed.Task;
                ended = _ended;
            }

            if (condition(Lines))
            {
                return;
            }

            if (ended)
            {
                Assert.Fail("The output ended without what was waited for:\n" + describe());
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Waited for {timeout.TotalSeconds} s in vain:\n" + describe());
            }
        }
    }

    /// <inheritdoc />
    public override string ToString() => string.Join('\n', Lines);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
