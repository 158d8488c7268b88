namespace Webserv.Plugins.Uploads.Tests;

/// <summary>A body during which something happens: before its end, after its first bytes are read.</summary>
internal sealed class MeddlingStream(Action meddle) : MemoryStream("mine"u8.ToArray())
{
    private bool _hasMeddled;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        if (count == 0 && !_hasMeddled)
        {
            _hasMeddled = true;
            meddle();
        }

        return count;
    }
}
