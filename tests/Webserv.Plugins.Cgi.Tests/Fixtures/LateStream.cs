namespace Webserv.Plugins.Cgi.Tests.Fixtures;

/// <summary>Output that is there when its time is over, and that something left behind keeps open.</summary>
/// <param name="bytes">The output.</param>
/// <param name="late">Called when it is read.</param>
internal sealed class LateStream(byte[] bytes, Action late) : MemoryStream(bytes, writable: false)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty && Position == 0)
        {
            return 0;
        }

        if (Position == Length)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var count = await base.ReadAsync(buffer, cancellationToken);
        late();
        return count;
    }
}
