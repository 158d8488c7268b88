using System.Net;
using System.Net.Sockets;

namespace Webserv.Plugins.FastCgi.Tests.Fixtures;

/// <summary>A FastCGI program on a loopback port that does with each connection what the test says.</summary>
internal sealed class FakeProgram : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<FakeConnection, int, Task> _serve;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<FakeConnection> _connections = [];
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;
    private readonly string? _probeAnswer;
    private bool _disposed;

    /// <param name="serve">Serves a connection, the first of which is 0; connections with GET_VALUES do not count.</param>
    /// <param name="values">What is answered to GET_VALUES: FCGI_MPXS_CONNS; the connection is closed without.</param>
    /// <param name="port">The port, or any.</param>
    public FakeProgram(Func<FakeConnection, int, Task> serve, string? values = null, int port = 0)
    {
        _serve = serve;
        _probeAnswer = values;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>How many connections have brought requests.</summary>
    public int Connections { get; private set; }

    /// <summary>Answers every request on every connection with what a function says, as long as the flag says so.</summary>
    public static FakeProgram Answering(Func<FakeRequest, string> answer, int port = 0) => new(
        async (connection, _) =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                await connection.AnswerAsync(request.Id, answer(request));
                if ((request.Flags & 1) == 0)
                {
                    connection.Dispose();
                    return;
                }
            }
        },
        port: port);

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                _serving.Add(ServeAsync(socket));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var connection = new FakeConnection(socket);
        _connections.Add(connection);
        try
        {
            var peek = new byte[2];
            var count = await socket.ReceiveAsync(peek, SocketFlags.Peek);
            if (count == 2 && peek[1] == 9)
            {
                if (_probeAnswer is not null)
                {
                    await connection.ReadAsync();
                    await connection.WriteAsync(10, 0, $"\u000F\u0001FCGI_MPXS_CONNS{_probeAnswer}");
                }

                connection.Dispose();
            }
            else if (count > 0)
            {
                await _serve(connection, Connections++);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or SocketException)
        {
            // The test is over, or the server has closed the connection.
        }
    }
}
