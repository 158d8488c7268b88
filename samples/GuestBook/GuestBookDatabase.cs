using SQLitePCL;

namespace Webserv.Samples.GuestBook;

/// <summary>The entries in their database.</summary>
internal sealed class GuestBookDatabase : IAsyncDisposable
{
    private const int SchemaVersion = 1;

    private readonly string _path;
    private readonly int _maxEntries;
    private readonly TimeSpan _busyTimeout;
    private readonly Turnstile _turnstile;
    private SqliteConnection? _connection;

    public GuestBookDatabase(string path, int maxEntries, TimeSpan busyTimeout)
    {
        (_path, _maxEntries, _busyTimeout) = (path, maxEntries, busyTimeout);
        _turnstile = new Turnstile(path, Close);
    }

    /// <summary>Makes the tables where there are none.</summary>
    /// <exception cref="SqliteException">The file is no database, or cannot be used.</exception>
    /// <exception cref="InvalidDataException">A newer version of this plugin has written it.</exception>
    public Task PrepareAsync(CancellationToken cancellation) =>
        RunAsync(
            connection => connection.Transact(() =>
            {
                var version = 0;
                connection.Execute("PRAGMA user_version", [], row => version = raw.sqlite3_column_int(row, 0));
                if (version > SchemaVersion)
                {
                    throw new InvalidDataException($"{_path} has version {version}, which is newer than {SchemaVersion}");
                }

                if (version == 0)
                {
                    connection.Execute(
                        $"""
                        CREATE TABLE entries (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, name TEXT NOT NULL, message TEXT NOT NULL) STRICT;
                        PRAGMA user_version = {SchemaVersion};
                        """);
                }
            }),
            cancellation);

    /// <summary>Adds an entry and drops the oldest ones that are too many.</summary>
    public Task AddAsync(DateTimeOffset at, string name, string message, CancellationToken cancellation) =>
        RunAsync(
            connection => connection.Transact(() =>
            {
                connection.Execute("INSERT INTO entries (at, name, message) VALUES (?, ?, ?)", [at.ToUnixTimeSeconds(), name, message]);
                connection.Execute("DELETE FROM entries WHERE id <= (SELECT id FROM entries ORDER BY id DESC LIMIT 1 OFFSET ?)", [_maxEntries]);
            }),
            cancellation);

    /// <summary>Reads entries, the newest first.</summary>
    /// <param name="before">Only those with smaller ids.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Ends the wait for others.</param>
    public async Task<IReadOnlyList<GuestBookEntry>> ReadAsync(long before, int count, CancellationToken cancellation)
    {
        var entries = new List<GuestBookEntry>(count);
        await RunAsync(
            connection => connection.Execute(
                "SELECT id, at, name, message FROM entries WHERE id < ? ORDER BY id DESC LIMIT ?",
                [before, count],
                row => entries.Add(new GuestBookEntry(
                    raw.sqlite3_column_int64(row, 0),
                    DateTimeOffset.FromUnixTimeSeconds(raw.sqlite3_column_int64(row, 1)),
                    raw.sqlite3_column_text(row, 2).utf8_to_string(),
                    raw.sqlite3_column_text(row, 3).utf8_to_string()))),
            cancellation).ConfigureAwait(false);
        return entries;
    }

    public async ValueTask DisposeAsync() => await _turnstile.LeaveAsync().ConfigureAwait(false);

    private Task RunAsync(Action<SqliteConnection> work, CancellationToken cancellation) =>
        _turnstile.RunAsync(() => _connection = new SqliteConnection(_path, _busyTimeout), () => work(_connection!), cancellation);

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
