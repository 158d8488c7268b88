namespace Webserv.Host.Tests.Protocol;

/// <summary>What one answer must be.</summary>
/// <param name="Status">Its status.</param>
/// <param name="ToHead">Whether it answers a HEAD, so that no body follows whatever its fields say.</param>
/// <param name="Fields">Fields and their values; a <see langword="null"/> value is a field that must not be there.</param>
/// <param name="Body">The body, where it matters.</param>
internal sealed record ExpectedAnswer(int Status, bool ToHead, IReadOnlyList<(string Name, string? Value)> Fields, string? Body);
