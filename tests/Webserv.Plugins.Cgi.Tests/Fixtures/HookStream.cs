namespace Webserv.Plugins.Cgi.Tests.Fixtures;

/// <summary>A body that does something while it is read for the first time.</summary>
internal sealed class HookStream(byte[] bytes, Action hook) : MemoryStream(bytes)
{
    private Action? _hook = hook;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Exchange(ref _hook, null)?.Invoke();
        return base.ReadAsync(buffer, cancellationToken);
    }
}
