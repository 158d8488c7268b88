using System.Diagnostics.CodeAnalysis;
using Webserv.Gateway.Exchange;

namespace Webserv.Plugins.FastCgi.Scgi;

/// <summary>A request that is with an SCGI program, as the exchange sees it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The exchange disposes of the answer.")]
internal sealed class ScgiPeer : IExchangePeer
{
    private readonly Stream _output;
    private readonly ScgiAnswerStream _answer;
    private readonly Func<string?>? _findCrash;
    private readonly Action<bool> _ended;
    private bool _killed;

    /// <param name="name">What answers, for messages.</param>
    /// <param name="input">What comes from the program; owned.</param>
    /// <param name="output">What goes to it; owned.</param>
    /// <param name="findCrash">Says what has ended the program, where that is known.</param>
    /// <param name="ended">Called when the exchange is over; told whether the answer is unwanted.</param>
    public ScgiPeer(string name, Stream input, Stream output, Func<string?>? findCrash, Action<bool> ended)
    {
        Name = name;
        _output = output;
        _answer = new ScgiAnswerStream(input);
        _findCrash = findCrash;
        _ended = ended;
        StandardInput = new ScgiBodyStream(output);
    }

    public string Name { get; }

    public Stream StandardInput { get; }

    public Stream StandardOutput => _answer;

    public Task Exited => _answer.Ended;

    public string? FindCrash() => _findCrash?.Invoke();

    public void Kill() => _killed = true;

    public void ExchangeEnded()
    {
        _output.Dispose();
        _ended(_killed);
    }
}
