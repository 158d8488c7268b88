namespace Webserv.Samples.NotesApi;

/// <summary>Some of the notes, in the order of their numbers.</summary>
/// <param name="Notes">The notes.</param>
/// <param name="Next">The request-target of the next page; none behind the last.</param>
internal sealed record NotePage(IReadOnlyList<Note> Notes, string? Next);
