using Webserv.Gateway.Exchange;
using Webserv.Plugins.FastCgi.Streams;

namespace Webserv.Plugins.FastCgi;

/// <summary>A program whose answer has been read in part, and which gets no body.</summary>
internal sealed class AnsweredPeer(IExchangePeer peer, ReadOnlyMemory<byte> read) : IExchangePeer
{
    public string Name => peer.Name;

    public Stream StandardInput => Stream.Null;

    public Stream StandardOutput { get; } = new ReplayStream(read, peer.StandardOutput);

    public Task Exited => peer.Exited;

    public bool IsHeldUp => peer.IsHeldUp;

    public string? FindCrash() => peer.FindCrash();

    public void Kill() => peer.Kill();

    public void ExchangeEnded() => peer.ExchangeEnded();
}
