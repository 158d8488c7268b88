namespace Webserv.Testing.Http;

/// <summary>A client that goes away while its request is served.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer holds nothing.")]
internal sealed class TestClientFault
{
    private readonly CancellationTokenSource _gone = new();

    /// <summary>Whether it has gone.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Cancelled when it goes.</summary>
    public CancellationToken Token => _gone.Token;

    /// <summary>How much of the response's body it takes; all where it is <see langword="null"/>.</summary>
    public long? ResponseBytes { get; set; }

    /// <summary>Whether a body of so many bytes is more than it takes.</summary>
    public bool IsReached(long written) => written > ResponseBytes;

    /// <summary>Lets it go.</summary>
    /// <returns>What to throw.</returns>
    public IOException Break(string message)
    {
        IsBroken = true;
        _gone.Cancel();
        return new IOException(message);
    }
}
