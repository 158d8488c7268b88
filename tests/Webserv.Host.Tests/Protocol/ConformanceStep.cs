namespace Webserv.Host.Tests.Protocol;

/// <summary>Octets that are sent at once, and the answers that are read before anything else is sent.</summary>
/// <param name="Octets">One character an octet.</param>
/// <param name="EndsInput">Whether the client ends its side behind them.</param>
/// <param name="Answers">What comes back.</param>
internal sealed record ConformanceStep(string Octets, bool EndsInput, IReadOnlyList<ExpectedAnswer> Answers);
