using System.Threading.Channels;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Transport;

/// <summary>Hands accepted connections to the test, which uses them from its own thread.</summary>
internal sealed class AcceptHandler : IConnectionHandler
{
    private readonly Channel<IConnection> _accepted = Channel.CreateUnbounded<IConnection>();

    /// <summary>How many of them the test has not taken.</summary>
    public int Count => _accepted.Reader.Count;

    public void OnConnection(IConnection connection) => _accepted.Writer.TryWrite(connection);

    public async Task<IConnection> AcceptAsync() =>
        await _accepted.Reader.ReadAsync(TestContext.Current.CancellationToken);
}
