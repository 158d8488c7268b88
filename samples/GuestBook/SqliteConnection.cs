using SQLitePCL;

namespace Webserv.Samples.GuestBook;

/// <summary>A connection to a database, by SQLite's own calls. One call at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly sqlite3 _handle;

    /// <summary>Opens a database or makes it.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteConnection(string path, TimeSpan busyTimeout)
    {
        var code = raw.sqlite3_open_v2(path, out _handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null);
        try
        {
            Check(code);
            Check(raw.sqlite3_busy_timeout(_handle, (int)busyTimeout.TotalMilliseconds));

            // A file that was tampered with must not call functions by its views and triggers.
            Execute("PRAGMA trusted_schema = OFF");
            Execute("PRAGMA journal_mode = WAL");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that yield nothing.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>Runs a statement.</summary>
    /// <param name="sql">The statement, with <c>?</c> for values.</param>
    /// <param name="values">Texts and whole numbers.</param>
    /// <param name="read">Reads a row; null where none is expected.</param>
    public void Execute(string sql, ReadOnlySpan<object> values, Action<sqlite3_stmt>? read = null)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var statement));
        using (statement)
        {
            for (var index = 0; index < values.Length; index++)
            {
                Check(values[index] is string text
                    ? raw.sqlite3_bind_text(statement, index + 1, text)
                    : raw.sqlite3_bind_int64(statement, index + 1, Convert.ToInt64(values[index], null)));
            }

            int code;
            while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                read?.Invoke(statement);
            }

            Check(code == raw.SQLITE_DONE ? raw.SQLITE_OK : code);
        }
    }

    /// <summary>Does all of something or nothing of it.</summary>
    public void Transact(Action work)
    {
        // At once a writer: one that becomes it later is refused without waiting where another was faster.
        Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            Execute("COMMIT");
        }
        catch
        {
            // Some errors have rolled it back already.
            if (raw.sqlite3_get_autocommit(_handle) == 0)
            {
                Execute("ROLLBACK");
            }

            throw;
        }
    }

    /// <summary>Closes it; the last one of a database writes the log into the file and removes it.</summary>
    public void Dispose() => _handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new SqliteException(code, raw.sqlite3_errmsg(_handle).utf8_to_string());
        }
    }
}
