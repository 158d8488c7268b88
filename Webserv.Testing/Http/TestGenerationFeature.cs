using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>The generation that a <see cref="TestHttpContext"/> is served by, until the test says that another takes its place.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer holds nothing.")]
public sealed class TestGenerationFeature : IGenerationFeature
{
    private readonly CancellationTokenSource _retiring = new();

    internal TestGenerationFeature()
    {
    }

    /// <summary>The number; 1 unless it is set.</summary>
    public int Number { get; set; } = 1;

    /// <inheritdoc/>
    public CancellationToken Retiring => _retiring.Token;

    /// <summary>Tells the middleware that another generation takes the place of this one, or that the server stops.</summary>
    public void Retire() => _retiring.Cancel();
}
