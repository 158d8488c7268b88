using Microsoft.Extensions.Logging;
using Webserv.Gateway.Exchange;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>Logs what a program writes to its stream of errors for a request; most write nothing.</summary>
internal sealed class RequestErrors(ILogger logger, TimeProvider time, RequestStart start)
{
    private readonly Lock _gate = new();
    private StandardErrorLog? _log;
    private bool _ended;

    /// <summary>Takes the next part.</summary>
    public void Take(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            // A request that was given up may go on saying things.
            if (!_ended)
            {
                (_log ??= new StandardErrorLog(logger, time, start.Name, start.TraceId)).Take(data);
            }
        }
    }

    /// <summary>The request is over.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            _log?.End();
        }
    }
}
