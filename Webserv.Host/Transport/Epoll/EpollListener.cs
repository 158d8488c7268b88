using System.Net;
using Microsoft.Extensions.Logging;
using Webserv.Host.Transport.Activation;

namespace Webserv.Host.Transport.Epoll;

/// <summary>An endpoint: a listening socket a loop, or one for all loops where it is a unix-domain socket or was handed over by a service manager.</summary>
internal sealed class EpollListener : IConnectionListener
{
    private readonly EpollTransport _transport;
    private readonly ILogger _logger;
    private readonly int[] _sockets;
    private readonly EpollAcceptor[] _acceptors;
    private int _disposed;

    internal EpollListener(
        EpollTransport transport,
        ListenEndpoint endpoint,
        IConnectionHandler handler,
        EpollLoop[] loops,
        int backlog,
        InheritedSockets inherited,
        ILogger logger)
    {
        _transport = transport;
        _logger = logger;
        Endpoint = endpoint;
        var socket = inherited.Open(endpoint);
        IsInherited = socket >= 0;
        var port = IsInherited ? SocketInspection.PortOf(socket) : 0;
        _sockets = IsInherited ? [socket]
            : endpoint.UnixPath is null ? ListeningSocket.OpenInternet(endpoint, loops.Length, backlog, out port)
            : [ListeningSocket.OpenUnix(endpoint, backlog)];
        if (IsInherited && endpoint.UnixPath is null)
        {
            ListeningSocket.SetInternetOptions(endpoint, socket);
        }

        Port = port;
        if (endpoint.Address is { } address && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        {
            LocalEndPoint = new IPEndPoint(address, port);
        }

        _acceptors = Array.ConvertAll(loops, loop => new EpollAcceptor(loop, this, handler, logger));
    }

    public ListenEndpoint Endpoint { get; }

    public int Port { get; }

    /// <summary>Whether the sockets are a service manager's: what waits on them is for whoever serves next.</summary>
    internal bool IsInherited { get; }

    /// <summary>The own address of every connection; <see langword="null"/> where they differ.</summary>
    internal IPEndPoint? LocalEndPoint { get; }

    public override string ToString() => Endpoint.ToString(Port);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (var acceptor in _acceptors)
        {
            await acceptor.StopAsync().ConfigureAwait(false);
        }

        foreach (var socket in _sockets)
        {
            _ = LibC.Close(socket);
        }

        RemoveFile();
        _transport.Forget(this);
    }

    public void Start()
    {
        for (var i = 0; i < _acceptors.Length; i++)
        {
            _acceptors[i].Start(_sockets[i % _sockets.Length], shared: _sockets.Length < _acceptors.Length);
        }
    }

    private void RemoveFile()
    {
        if (IsInherited || Endpoint.UnixPath is not { } path)
        {
            return;
        }

        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start takes a file without a server for what it is.
            TransportLog.SocketFileNotRemoved(_logger, path, error.Message);
        }
    }
}
