namespace Webserv.Samples.NotesApi;

/// <summary>A note as clients get it.</summary>
/// <param name="Id">Its number, never given twice.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Text">What it says.</param>
/// <param name="Changed">When it was written last.</param>
/// <param name="Version">Counts its changes, from 1.</param>
internal sealed record Note(long Id, string Title, string Text, DateTimeOffset Changed, int Version)
{
    /// <summary>The entity-tag of this version.</summary>
    public string GetEntityTag() => $"\"{Id}-{Version}\"";
}
