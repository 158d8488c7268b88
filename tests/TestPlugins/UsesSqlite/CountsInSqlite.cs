using SQLitePCL;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.UsesSqlite;

/// <summary>Counts requests in a database in memory, by the native library.</summary>
internal sealed class CountsInSqlite : IMiddleware, IDisposable
{
    private readonly Lock _sync = new();
    private readonly sqlite3 _database;

    public CountsInSqlite()
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open(":memory:", out _database));
        Check(raw.sqlite3_exec(_database, "CREATE TABLE requests (path TEXT)"));
    }

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        int count;
        lock (_sync)
        {
            Check(raw.sqlite3_exec(_database, "INSERT INTO requests VALUES ('/')"));
            Check(raw.sqlite3_prepare_v2(_database, "SELECT COUNT(*) FROM requests", out var statement));
            using (statement)
            {
                _ = raw.sqlite3_step(statement);
                count = raw.sqlite3_column_int(statement, 0);
            }
        }

        return context.Response.WriteTextAsync($"{count}", cancellation: cancellation);
    }

    public void Dispose() => _database.Dispose();

    private static void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"SQLite answered {result}");
        }
    }
}
