namespace Webserv.Plugins.Cgi.Tests.Fixtures;

/// <summary>A request body of a client that sends some bytes and then nothing, until it is cancelled.</summary>
internal sealed class StallingStream(byte[] first) : MemoryStream(first)
{
    /// <summary>The token of the last read.</summary>
    public CancellationToken LastToken { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        LastToken = cancellationToken;
        var count = Read(buffer.Span);
        if (count == 0 && (!buffer.IsEmpty || Position == Length)) // An empty read waits for something to read.
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return count;
    }
}
