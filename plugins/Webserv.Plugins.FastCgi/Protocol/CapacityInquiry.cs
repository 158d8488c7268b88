using System.Globalization;
using Microsoft.Extensions.Logging;
using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>Finds out in the background how many requests the programs of others take at once, and whether on one connection.</summary>
internal sealed class CapacityInquiry(
    IReadOnlyList<Backend> backends, BackendPool pool, Connector connector, TimeSpan timeout, TimeProvider time, ILogger logger, string entry) : IAsyncDisposable
{
    private const int MostPerConnection = 32;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stop = new();
    private Task _asking = Task.CompletedTask;

    /// <summary>Starts to ask, without waiting for answers.</summary>
    public void Start() => _asking = Task.WhenAll(backends.Select(backend => Task.Run(() => AskAsync(backend))));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _asking.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AskAsync(Backend backend)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var patience = new CancellationTokenSource(timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
            try
            {
                Apply(backend, await FastCgiProbe.AskAsync(connector, backend.Address, either.Token).ConfigureAwait(false));
                return;
            }
            catch (IOException)
            {
                // It does not run yet; requests say so in the log.
            }
            catch (OperationCanceledException)
            {
                // All of its processes are busy, or it does not know the question; or the server stops.
            }

            await Task.Delay(Pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Apply(Backend backend, IReadOnlyList<KeyValuePair<string, string>>? values)
    {
        var connections = Number(values, FastCgiProbe.MaxConnections);
        var requests = Number(values, FastCgiProbe.MaxRequests);
        var perConnection = Number(values, FastCgiProbe.Multiplexes) == 1 ? Math.Min(requests ?? MostPerConnection, MostPerConnection) : 1;
        var most = perConnection > 1 ? requests : connections ?? requests;
        var capacity = Math.Clamp(most ?? backend.Capacity, 1, backend.Capacity);
        ((FastCgiConnections)backend.Connections!).RequestsPerConnection = perConnection;
        pool.SetCapacity(backend, capacity);
        Log.BackendCapacity(logger, entry, backend.Name, capacity, perConnection);
    }

    private static int? Number(IReadOnlyList<KeyValuePair<string, string>>? values, string name)
    {
        foreach (var (key, value) in values ?? [])
        {
            if (key == name && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }
}
