namespace Webserv.Samples.GuestBook;

/// <summary>What an entry may say.</summary>
public sealed class GuestBookOptions
{
    /// <summary>
    /// The file of the database, relative to the configuration file, for example <c>var/guestbook.db</c>. It is made where there is none;
    /// its directory must be there. Beside it SQLite keeps <c>-wal</c> and <c>-shm</c> while the server runs. Needed.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>The heading of the page.</summary>
    public string Title { get; set; } = "Guest book";

    /// <summary>How many entries are kept, 1 to 1000000; with one more the oldest goes.</summary>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>How many entries a page shows, 1 to 200.</summary>
    public int PageSize { get; set; } = 20;

    /// <summary>The longest message in characters (UTF-16), 1 to 100000.</summary>
    public int MaxMessageLength { get; set; } = 2_000;

    /// <summary>How long to wait for another program that has locked the database, 0 to 1 minute; then the answer is 503.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
