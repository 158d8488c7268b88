using Webserv.Gateway.Exchange;
using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi.Scgi;

/// <summary>Speaks SCGI with backends: a connection for each request, whose end is the answer's.</summary>
internal sealed class ScgiClient(Connector connector, BackendPool pool) : IProtocolClient
{
    public void Prepare(Backend backend)
    {
    }

    public async Task<bool> IsReadyAsync(BackendAddress address, CancellationToken cancellation)
    {
        // Programs take no notice of a connection without a request.
        var (input, output) = await connector.ConnectAsync(address, cancellation).ConfigureAwait(false);
        await input.DisposeAsync().ConfigureAwait(false);
        await output.DisposeAsync().ConfigureAwait(false);
        return true;
    }

    public ReadOnlyMemory<byte> Encode(IEnumerable<KeyValuePair<string, string>> variables) => ScgiHead.Encode(variables);

    public async ValueTask<IExchangePeer> BeginAsync(Backend backend, RequestStart start, CancellationToken cancellation)
    {
        var (input, output) = await connector.ConnectAsync(backend.Address, cancellation).ConfigureAwait(false);
        try
        {
            await output.WriteAsync(start.Variables, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await input.DisposeAsync().ConfigureAwait(false);
            await output.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        pool.Succeeded(backend);
        return new ScgiPeer(start.Name, input, output, backend.FindCrash, isUnwanted =>
        {
            if (isUnwanted && !cancellation.IsCancellationRequested && backend.Recover is { } recover)
            {
                recover(true, () => pool.Release(backend));
            }
            else
            {
                pool.Release(backend);
            }
        });
    }
}
