namespace Webserv.Host.Files;

/// <summary>
/// Files that the cache has let go of, kept open for a moment longer: a request that found one a microsecond ago may
/// still be about to borrow its descriptor. Bounded; the oldest is closed early where there are many.
/// </summary>
internal sealed class RetiredFiles : IDisposable
{
    private const int MostKept = 64;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Queue<(CachedFile File, long RetiredAt)> _files = new();
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private bool _isDisposed;

    /// <summary>Starts without any.</summary>
    public RetiredFiles(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((RetiredFiles)state!).CloseOld(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a file to be closed.</summary>
    public void Add(CachedFile file)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                file.Close();
                return;
            }

            if (_files.Count >= MostKept)
            {
                _files.Dequeue().File.Close();
            }

            _files.Enqueue((file, _time.GetTimestamp()));
            if (_files.Count == 1)
            {
                _timer.Change(Grace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Closes all of them now.</summary>
    public void CloseAll()
    {
        lock (_gate)
        {
            while (_files.TryDequeue(out var retired))
            {
                retired.File.Close();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            CloseAll();
        }

        _timer.Dispose();
    }

    private void CloseOld()
    {
        lock (_gate)
        {
            while (_files.TryPeek(out var retired))
            {
                var left = Grace - _time.GetElapsedTime(retired.RetiredAt);
                if (left > TimeSpan.Zero)
                {
                    if (!_isDisposed)
                    {
                        _timer.Change(left, Timeout.InfiniteTimeSpan);
                    }

                    return;
                }

                _files.Dequeue().File.Close();
            }
        }
    }
}
