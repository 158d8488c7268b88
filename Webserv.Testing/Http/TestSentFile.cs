namespace Webserv.Testing.Http;

/// <summary>A part of a file that was sent as a body.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Offset">The first byte sent.</param>
/// <param name="Count">How many bytes were sent.</param>
public sealed record TestSentFile(string Path, long Offset, long Count);
