using Webserv.Abstractions.Configuration;

namespace Webserv.Samples.NotesApi;

/// <summary>What an entry may say.</summary>
public sealed class NotesApiOptions
{
    /// <summary>How many notes there may be, 1 to 100000; one more is answered with 507.</summary>
    public int MaxNotes { get; set; } = 1000;

    /// <summary>The longest text of a note in characters (UTF-16), 1 to 1000000; a longer one is answered with 422.</summary>
    public int MaxTextLength { get; set; } = 10_000;

    /// <summary>The largest body of a request, 1KB to 10MB; a larger one is answered with 413.</summary>
    public ByteSize MaxBodySize { get; set; } = ByteSize.FromKilobytes(64);
}
