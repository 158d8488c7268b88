using System.Buffers;
using Microsoft.Extensions.Logging;
using Webserv.Gateway.Exchange;
using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>Speaks FastCGI with backends.</summary>
internal sealed class FastCgiClient(Connector connector, FastCgiSettings settings, BackendPool pool, TimeProvider time, ILogger logger) : IProtocolClient
{
    private const int UsualVariables = 2048;

    public void Prepare(Backend backend) => backend.Connections = new FastCgiConnections(backend, pool, connector, settings, time);

    public async Task<bool> IsReadyAsync(BackendAddress address, CancellationToken cancellation) =>
        await FastCgiProbe.AskAsync(connector, address, cancellation).ConfigureAwait(false) is not null;

    public ReadOnlyMemory<byte> Encode(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var writer = new ArrayBufferWriter<byte>(UsualVariables);
        foreach (var (name, value) in variables)
        {
            NameValuePairs.Write(writer, name, value);
        }

        return writer.WrittenMemory;
    }

    public async ValueTask<IExchangePeer> BeginAsync(Backend backend, RequestStart start, CancellationToken cancellation)
    {
        var connections = (FastCgiConnections)backend.Connections!;
        var errors = new RequestErrors(logger, time, start);
        var request = new FastCgiRequest(settings.Role, start.Variables, settings.KeepsConnections, errors.Take) { Filter = start.Filter };
        var connection = await connections.BeginAsync(request, cancellation).ConfigureAwait(false);
        return new FastCgiPeer(start.Name, request, (isUnwanted) =>
        {
            errors.End();
            if (!request.HasEnded)
            {
                connections.Abandon(connection, request, isUnwanted, hung: isUnwanted && !cancellation.IsCancellationRequested);
            }
            else if (request.ApplicationStatus != 0)
            {
                Log.ApplicationStatus(logger, start.Name, start.TraceId, request.ApplicationStatus);
            }
        });
    }
}
