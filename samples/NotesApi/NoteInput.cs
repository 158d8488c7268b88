namespace Webserv.Samples.NotesApi;

/// <summary>A note as clients send it. Both are needed; anything else is refused.</summary>
internal sealed record NoteInput(string Title, string Text);
