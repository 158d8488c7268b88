using System.Net;
using System.Net.Sockets;
using Webserv.Host.Transport.Activation;

namespace Webserv.Host.Transport.Sockets;

/// <summary>An endpoint: one listening socket and a loop that accepts.</summary>
internal sealed class SocketListener : IConnectionListener
{
    private const int BackOffMilliseconds = 250;
    private const int MaxLastAccepts = 64;

    // A handler that blocks must not hold up a stop for good.
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromSeconds(5);

    private readonly SocketTransport _transport;
    private readonly IConnectionHandler _handler;
    private readonly Socket _socket;
    private readonly bool _inherited;
    private readonly CancellationTokenSource _stop = new();
    private readonly InFlight _handOvers = new();
    private Task _accepting = Task.CompletedTask;
    private int _disposed;

    /// <summary>Binds.</summary>
    /// <exception cref="IOException">It cannot be bound.</exception>
    public SocketListener(SocketTransport transport, ListenEndpoint endpoint, IConnectionHandler handler, int backlog, InheritedSockets inherited)
    {
        _transport = transport;
        _handler = handler;
        Endpoint = endpoint;
        try
        {
            var descriptor = inherited.Open(endpoint);
            _inherited = descriptor >= 0;
            _socket = _inherited ? new Socket(new SafeSocketHandle(descriptor, ownsHandle: true))
                : endpoint.UnixPath is null ? BindInternet(endpoint)
                : BindUnix(endpoint, endpoint.UnixPath);
            if (!_inherited)
            {
                _socket.Listen(backlog);
            }
        }
        catch (Exception error) when (error is SocketException or ArgumentException or UnauthorizedAccessException)
        {
            _socket?.Dispose();
            throw new IOException($"cannot listen on {endpoint}: {Describe(error)}", error);
        }

        Port = (_socket.LocalEndPoint as IPEndPoint)?.Port ?? 0;
    }

    public ListenEndpoint Endpoint { get; }

    public int Port { get; }

    public override string ToString() => Endpoint.ToString(Port);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        AcceptLast();
        _socket.Dispose();
        _stop.Dispose();
        RemoveFile();

        // Whoever is told that this has ended may count on knowing every connection.
        await _handOvers.WaitForNoneAsync(HandOverPatience, _transport.Time).ConfigureAwait(false);
        _transport.Forget(this);
    }

    public void Start() => _accepting = Task.Run(AcceptAsync);

    private static Socket BindInternet(ListenEndpoint endpoint)
    {
        var address = endpoint.Address!;
        var all = address.Equals(IPAddress.IPv6Any);
        if (all && !Socket.OSSupportsIPv6)
        {
            address = IPAddress.Any;
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = all;
            }

            if (OperatingSystem.IsWindows())
            {
                socket.ExclusiveAddressUse = true;
            }

            socket.Bind(new IPEndPoint(address, endpoint.Port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket BindUnix(ListenEndpoint endpoint, string path)
    {
        var name = new UnixDomainSocketEndPoint(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            try
            {
                socket.Bind(name);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // A file that can be opened is no socket, and not ours to delete; connecting to it is refused as well.
                if (CanBeOpened(path))
                {
                    throw new IOException($"cannot listen on {endpoint}: there is a file of that name that is no socket");
                }

                if (!IsStale(name))
                {
                    throw;
                }

                File.Delete(path);
                socket.Bind(name);
            }

            UnixSocketFile.Open(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool CanBeOpened(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return true;
        }
        catch (IOException)
        {
            // What is expected of a socket.
            return false;
        }
    }

    /// <summary>Whether nobody listens behind a socket file.</summary>
    private static bool IsStale(UnixDomainSocketEndPoint name)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(name);
            return false;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private static string Describe(Exception error) => error switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "address already in use",
        SocketException { SocketErrorCode: SocketError.AccessDenied } or UnauthorizedAccessException => "permission denied",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "this machine has no such address",
        ArgumentOutOfRangeException => "the path is too long",
        _ => error.Message,
    };

    /// <summary>Whether accept(2) passed on an error of the connection that waited, which is gone.</summary>
    private static bool IsOfTheConnection(SocketError error) => error is SocketError.ConnectionAborted or SocketError.ConnectionReset
        or SocketError.TimedOut or SocketError.AccessDenied or SocketError.ProtocolOption or SocketError.NetworkDown
        or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.HostUnreachable or SocketError.OperationNotSupported
        or SocketError.Interrupted;

    private async Task AcceptAsync()
    {
        var suspended = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
                if (suspended)
                {
                    suspended = false;
                    TransportLog.AcceptResumed(_transport.Logger, ToString());
                }

                TakeOver(socket);
            }
            catch (OperationCanceledException)
            {
                // Disposed.
                return;
            }
            catch (SocketException error) when (IsOfTheConnection(error.SocketErrorCode))
            {
                TransportLog.AcceptLost(_transport.Logger, ToString(), error.Message);
            }
            catch (SocketException error)
            {
                // A shortage of descriptors or memory, or something that nobody has thought of and that may last.
                if (!suspended)
                {
                    suspended = true;
                    TransportLog.AcceptSuspended(_transport.Logger, ToString(), error.Message, BackOffMilliseconds);
                }

                if (error.SocketErrorCode == SocketError.TooManyOpenSockets)
                {
                    _handler.MakeRoom(_transport.Loop.Milliseconds);
                }

                var pause = Task.Delay(TimeSpan.FromMilliseconds(BackOffMilliseconds), _transport.Time, _stop.Token);
                await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error)
            {
                // Out of memory, for one. It costs this connection.
                TransportLog.AcceptFailed(_transport.Logger, error, ToString());
            }
        }
    }

    /// <summary>Closing the socket would reset what waits on it; on one of a service manager it waits for whoever serves next.</summary>
    private void AcceptLast()
    {
        try
        {
            for (var i = 0; !_inherited && _accepting != Task.CompletedTask && i < MaxLastAccepts && _socket.Poll(0, SelectMode.SelectRead); i++)
            {
                TakeOver(_socket.Accept());
            }
        }
        catch (SocketException error)
        {
            TransportLog.AcceptLost(_transport.Logger, ToString(), error.Message);
        }
    }

    private void TakeOver(Socket socket)
    {
        SocketConnection connection;
        try
        {
            if (Endpoint.UnixPath is null)
            {
                socket.NoDelay = true;
            }

            socket.Blocking = false;
            connection = new SocketConnection(_transport, this, socket);
        }
        catch (SocketException error)
        {
            // Some systems tell of a reset here already (macOS: EINVAL). Nothing is short because of it.
            socket.Dispose();
            TransportLog.AcceptLost(_transport.Logger, ToString(), error.Message);
            return;
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _transport.Add(connection);
        _handOvers.Begin();
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Listener.HandOver(state.Connection), (Listener: this, Connection: connection), preferLocal: false);
    }

    private void HandOver(SocketConnection connection)
    {
        try
        {
            _handler.OnConnection(connection);
        }
        catch (Exception error)
        {
            TransportLog.AcceptFailed(_transport.Logger, error, ToString());
            connection.Abort();
        }
        finally
        {
            _handOvers.End();
        }
    }

    private void RemoveFile()
    {
        if (_inherited || Endpoint.UnixPath is not { } path)
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
            TransportLog.SocketFileNotRemoved(_transport.Logger, path, error.Message);
        }
    }
}
