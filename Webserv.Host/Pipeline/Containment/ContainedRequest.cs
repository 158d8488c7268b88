using Microsoft.Extensions.Logging;
using Webserv.Host.Http1;
using Webserv.Host.Plugins;

namespace Webserv.Host.Pipeline.Containment;

/// <summary>
/// A request while it is inside a plugin that has a budget. Its time stands still while the plugin waits for the client, and while
/// what is behind the plugin has the request: neither a slow client nor another plugin makes this one fail.
/// </summary>
internal sealed class ContainedRequest : IRequestInside, IDisposable
{
    /// <summary>How long cancelled code may take to notice before its request is answered without it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lock _sync = new();
    private readonly Http1Context _context;
    private readonly TimeSpan _maxTime;
    private readonly long? _maxBodySize;
    private readonly long? _outerCeiling;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationToken _outer;
    private readonly CancellationTokenSource? _cancellation;
    private readonly TaskCompletionSource? _givenUp;
    private TimeSpan _spent;
    private long _since;
    private int _behind;
    private bool _hasEnded;
    private volatile bool _isOverdue;

    /// <summary>Begins a stay.</summary>
    /// <param name="context">The request.</param>
    /// <param name="maxTime">How long it may take; zero for any time.</param>
    /// <param name="maxBodySize">Most bytes of the body; 0 for no limit of the plugin's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of callbacks for cancellation that throw.</param>
    /// <param name="cancellation">Cancelled when the request is.</param>
    public ContainedRequest(Http1Context context, TimeSpan maxTime, long maxBodySize, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        _context = context;
        _maxTime = maxTime;
        _outerCeiling = context.RequestBody.Ceiling;
        _maxBodySize = maxBodySize == 0 ? _outerCeiling : maxBodySize;
        _time = time;
        _logger = logger;
        _outer = cancellation;
        Cancellation = cancellation;
        if (maxTime > TimeSpan.Zero)
        {
            _since = time.GetTimestamp();
            _givenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Cancellation = _cancellation.Token;
        }

        context.RequestBody.Ceiling = _maxBodySize;
    }

    /// <summary>What the plugin is given: cancelled with the request, or when its time is over.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Ends when the request is to be answered without the plugin; never where its time has no limit.</summary>
    public Task GivenUp => _givenUp?.Task ?? Task.CompletedTask;

    /// <summary>Whether its time was over.</summary>
    public bool IsOverdue => _isOverdue;

    /// <summary>What came out of what is behind the plugin, which is not the plugin's failure if it lets it through.</summary>
    public Exception? Foreign { get; set; }

    /// <summary>The plugin passes the request on.</summary>
    /// <param name="cancellation">What it passes on as cancellation.</param>
    /// <returns>The same, or that of the request where it is the plugin's own.</returns>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    public CancellationToken PassOn(CancellationToken cancellation)
    {
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_hasEnded, _context);
            if (_behind++ == 0)
            {
                Charge(_time.GetTimestamp(), TimeSpan.MaxValue);
                _context.RequestBody.Ceiling = _outerCeiling;
            }
        }

        return cancellation == Cancellation ? _outer : cancellation;
    }

    /// <summary>The request has come back.</summary>
    public void ComeBack()
    {
        lock (_sync)
        {
            if (--_behind == 0 && !_hasEnded)
            {
                _since = _maxTime > TimeSpan.Zero ? _time.GetTimestamp() : 0;
                _context.RequestBody.Ceiling = _maxBodySize;
            }
        }
    }

    /// <inheritdoc/>
    public void Tick(long now, TimeSpan most)
    {
        bool cancels, givesUp;
        lock (_sync)
        {
            if (_hasEnded)
            {
                return;
            }

            Charge(now, most);
            cancels = !_isOverdue && _spent >= _maxTime;
            givesUp = _isOverdue && _spent >= _maxTime + Grace;
            _isOverdue |= cancels;
        }

        if (cancels)
        {
            _ = CancelAsync();
        }
        else if (givesUp)
        {
            _givenUp!.TrySetResult();
        }
    }

    /// <summary>Lets go of the connection's cancellation, when the plugin's code is done with the request.</summary>
    public void Dispose() => _cancellation?.Dispose();

    /// <summary>The plugin has the request no more, or is not to have it.</summary>
    public void End()
    {
        lock (_sync)
        {
            _hasEnded = true;
            _context.RequestBody.Ceiling = _outerCeiling;
        }
    }

    private void Charge(long now, TimeSpan most)
    {
        if (_maxTime == TimeSpan.Zero)
        {
            return;
        }

        var passed = _time.GetElapsedTime(_since, now);
        _since = now;
        var isWaiting = !_isOverdue && (_context.RequestBody.IsReading || _context.Response.IsWriting || _context.Response.IsUpgraded);
        if (_behind == 0 && !isWaiting)
        {
            _spent += passed < most ? passed : most;
        }
    }

    /// <summary>Not awaited: what the plugin does when it is told must not hold up the clock of others.</summary>
    private async Task CancelAsync()
    {
        try
        {
            await _cancellation!.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            _logger.CancellationCallbackFailed(exception);
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself this moment.
        }
    }
}
