using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Transport;

/// <summary>Serves connections with a function that starts on the connection's loop; the first failure is the task's.</summary>
internal sealed class ServeHandler(Func<IConnection, Task> serve) : IConnectionHandler
{
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the first connection.</summary>
    public Task Served => _served.Task;

    public static ServeHandler Echo { get; } = new(async connection =>
    {
        var buffer = new byte[16 * 1024];
        while (await connection.ReceiveAsync(buffer) is { Status: ReceiveStatus.Received } received)
        {
            await connection.SendAsync(buffer.AsMemory(0, received.Count));
        }
    });

    public async void OnConnection(IConnection connection)
    {
        try
        {
            await serve(connection);
            _served.TrySetResult();
        }
        catch (Exception error)
        {
            _served.TrySetException(error);
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }
}
