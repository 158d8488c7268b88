using System.Net.Sockets;
using System.Text;

namespace Webserv.Host.Control;

/// <summary>Asks a running server over its control socket.</summary>
internal static class ControlClient
{
    /// <summary>The most that an answer may have: a server that is not one must not fill the memory.</summary>
    private const int MaxAnswer = 4 * 1024 * 1024;

    /// <summary>Sends a command.</summary>
    /// <param name="path">The absolute path of the socket.</param>
    /// <param name="command">The command.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The line that it answers, without its end; <see langword="null"/> where no server listens there.</returns>
    /// <exception cref="IOException">There is one that does not answer, or that may not be asked.</exception>
    public static async Task<string?> AskAsync(string path, string command, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ControlServer.Patience);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token).ConfigureAwait(false);
        }
        catch (SocketException exception) when (!Path.Exists(path) || exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return null;
        }
        catch (SocketException exception)
        {
            throw new IOException($"the server at {path} cannot be asked: {exception.Message}", exception);
        }

        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\n"), limit.Token).ConfigureAwait(false);
            var answer = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, limit.Token).ConfigureAwait(false) is > 0 and var count)
            {
                answer.Write(buffer, 0, count);
                if (answer.Length > MaxAnswer)
                {
                    throw new IOException($"the answer at {path} has more than {MaxAnswer} bytes");
                }
            }

            var text = Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
            return text.EndsWith('\n') ? text[..^1] : throw new IOException($"the server at {path} broke its answer off; its log may say why");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"the server at {path} has not answered within {ControlServer.Patience.TotalSeconds} s");
        }
    }
}
