namespace Webserv.Samples.NotesApi;

/// <summary>Problem details (RFC 9457). Their type is always about:blank, which need not be said.</summary>
/// <param name="Status">The status.</param>
/// <param name="Title">Its reason phrase.</param>
/// <param name="Detail">What is wrong with this request, for its author.</param>
/// <param name="Errors">What is wrong with single members, by name.</param>
internal sealed record Problem(int Status, string Title, string Detail, IReadOnlyDictionary<string, string>? Errors = null);
