using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using SQLitePCL;

namespace Webserv.Samples.GuestBook;

/// <summary>
/// SQLite itself, a native library that the plugin brings along. The runtime does not let go of a native library when the assembly
/// that it was loaded for leaves memory: one that is loaded here is freed here, behind the last call.
/// </summary>
public sealed class SqliteLibrary : IDisposable
{
    private static readonly Lock Sync = new();
    private static nint _handle;

    /// <summary>Loads it.</summary>
    public SqliteLibrary()
    {
        lock (Sync)
        {
            if (_handle == 0)
            {
                var provider = typeof(SQLite3Provider_e_sqlite3).Assembly;
                NativeLibrary.SetDllImportResolver(provider, Resolve);
                _handle = NativeLibrary.Load("e_sqlite3", provider, null);
                raw.SetProvider(new SQLite3Provider_e_sqlite3());
            }
        }
    }

    /// <summary>The version of SQLite.</summary>
    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>Frees it, where the plugin is one that leaves memory: in a test that references it, the next one goes on with it.</summary>
    public void Dispose()
    {
        lock (Sync)
        {
            if (_handle != 0 && AssemblyLoadContext.GetLoadContext(typeof(SqliteLibrary).Assembly) is { IsCollectible: true })
            {
                NativeLibrary.Free(_handle);
                _handle = 0;
            }
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == "e_sqlite3" ? _handle : 0;
}
