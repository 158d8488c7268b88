namespace Webserv.Samples.GuestBook;

/// <summary>SQLite could not do what it was asked.</summary>
internal sealed class SqliteException(int code, string message) : Exception($"{message} (SQLite {code})")
{
    /// <summary>The primary result code.</summary>
    public int Code { get; } = code & 0xff;
}
