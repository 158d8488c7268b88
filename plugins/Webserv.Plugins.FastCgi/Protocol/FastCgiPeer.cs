using Webserv.Gateway.Exchange;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>A request that is with a program, as the exchange sees it.</summary>
/// <param name="name">What answers, for messages.</param>
/// <param name="request">The request.</param>
/// <param name="ended">Called when the exchange is over; told whether the answer is unwanted.</param>
internal sealed class FastCgiPeer(string name, FastCgiRequest request, Action<bool> ended) : IExchangePeer
{
    private bool _killed;

    public string Name => name;

    public Stream StandardInput { get; } = new BodyStream(request);

    public Stream StandardOutput { get; } = new AnswerStream(request.Answer);

    public Task Exited => request.Ended;

    public bool IsHeldUp => request.IsHeldUp;

    public async ValueTask EndInputAsync(CancellationToken cancellation)
    {
        try
        {
            await request.SendBodyAsync(default, isLast: true, cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Whoever reads the answer learns that the connection is lost, or that there was one before the body ended.
        }
    }

    public void Kill()
    {
        if (!_killed)
        {
            _killed = true;
            request.Abort();
        }
    }

    public void ExchangeEnded() => ended(_killed);
}
