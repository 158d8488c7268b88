using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Webserv.Host.Control;

/// <summary>
/// Answers commands on a unix-domain socket that only the user of the server (and root) may connect to: one line in, one line of JSON
/// out, and the connection is over.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    /// <summary>The command that asks for the plugins (<see cref="ServerStatus"/>).</summary>
    public const string Plugins = "plugins";

    /// <summary>The longest command.</summary>
    public const int MaxLine = 256;

    /// <summary>How long a client may take to say what it wants, and to take the answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int MaxClients = 4;
    private const int Backlog = 8;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Socket _listener;
    private readonly string _path;
    private readonly IReadOnlyDictionary<string, Func<string>> _commands;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _places = new(MaxClients, MaxClients);
    private readonly Task _accepting;

    private ControlServer(Socket listener, string path, IReadOnlyDictionary<string, Func<string>> commands, TimeProvider time, ILogger logger)
    {
        _listener = listener;
        _path = path;
        _commands = commands;
        _time = time;
        _logger = logger;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Listens until it is disposed. A socket file that a server has left behind is replaced.</summary>
    /// <param name="path">The absolute path of the socket.</param>
    /// <param name="commands">What is answered, by command: a line of JSON.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of what goes wrong.</param>
    /// <exception cref="IOException">It cannot listen there; the message says why.</exception>
    public static ControlServer Start(string path, IReadOnlyDictionary<string, Func<string>> commands, TimeProvider time, ILogger logger)
    {
        var temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId & 0xFFFFFF:x}");
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            RequireFree(path);
            File.Delete(temporary);
            listener.Bind(new UnixDomainSocketEndPoint(temporary));
            if (!OperatingSystem.IsWindows())
            {
                // Before anybody can connect: nobody is listened to yet, and the name is another.
                File.SetUnixFileMode(temporary, Owner);
            }

            listener.Listen(Backlog);
            File.Move(temporary, path, overwrite: true);
            return new ControlServer(listener, path, commands, time, logger);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException or PlatformNotSupportedException)
        {
            listener.Dispose();
            TryDelete(temporary, logger);
            throw new IOException($"cannot listen on the control socket {path}: {exception.Message}", exception);
        }
    }

    /// <summary>Takes no more commands, ends those that run, and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        for (var place = 0; place < MaxClients; place++)
        {
            await _places.WaitAsync().ConfigureAwait(false);
        }

        TryDelete(_path, _logger);
        _listener.Dispose();
        _places.Dispose();
        _stopping.Dispose();
    }

    private static void RequireFree(string path)
    {
        if (!Path.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // Left behind by a server that was killed, if it is a socket.
            RequireSocket(path);
            return;
        }

        throw new IOException("another server listens there");
    }

    /// <summary>Connecting to an ordinary file is refused as well; a socket cannot be opened.</summary>
    private static void RequireSocket(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("there is a directory of that name");
        }

        try
        {
            // For reading and writing: a pipe without anybody at its other end would wait otherwise.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (IOException)
        {
            return;
        }

        throw new IOException("there is a file of that name that is no socket");
    }

    private static void TryDelete(string path, ILogger logger)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start takes a file without a server for what it is.
            Log.ControlSocketNotRemoved(logger, path, exception.Message);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_stopping.Token).ConfigureAwait(false);
                Socket client;
                try
                {
                    client = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                }
                catch (SocketException exception)
                {
                    // Out of descriptors, for example: that passes.
                    _places.Release();
                    Log.ControlFailed(_logger, _path, exception.Message);
                    await Task.Delay(Pause, _time, _stopping.Token).ConfigureAwait(false);
                    continue;
                }
                catch (OperationCanceledException)
                {
                    _places.Release();
                    throw;
                }

                _ = ServeAsync(client);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong with a command is logged, and ends its connection alone.")]
    private async Task ServeAsync(Socket client)
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience, _time);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
            using (client)
            {
                if (await ReadLineAsync(client, ends.Token).ConfigureAwait(false) is { } command)
                {
                    await SendAsync(client, Encoding.UTF8.GetBytes(Answer(command) + "\n"), ends.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            Log.ControlClientGone(_logger, _path, exception.Message);
        }
        catch (Exception exception)
        {
            Log.ControlCommandFailed(_logger, _path, exception);
        }
        finally
        {
            _places.Release();
        }
    }

    private string Answer(string command) =>
        _commands.TryGetValue(command, out var answer) ? answer() : "{\"error\":\"unknown command; this server knows: " + string.Join(", ", _commands.Keys) + "\"}";

    /// <returns>A line without its end; <see langword="null"/> where the client sent none, or one that is too long.</returns>
    private static async Task<string?> ReadLineAsync(Socket client, CancellationToken cancellation)
    {
        var line = new byte[MaxLine];
        var length = 0;
        while (length < line.Length)
        {
            var received = await client.ReceiveAsync(line.AsMemory(length), cancellation).ConfigureAwait(false);
            if (received == 0)
            {
                return null;
            }

            length += received;
            if (line.AsSpan(0, length).IndexOf((byte)'\n') is >= 0 and var end)
            {
                return Encoding.UTF8.GetString(line, 0, end);
            }
        }

        return null;
    }

    private static async Task SendAsync(Socket client, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await client.SendAsync(bytes, cancellation).ConfigureAwait(false)..];
        }

        client.Shutdown(SocketShutdown.Send);
    }
}
