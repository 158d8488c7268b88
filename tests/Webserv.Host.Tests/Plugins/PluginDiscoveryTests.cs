using Microsoft.Extensions.Logging;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Plugins;

public sealed class PluginDiscoveryTests : IDisposable
{
    // What Linux takes for a path, the zero at its end included.
    private const int PathLimit = 4096;
    private const int NameLimit = 255;

    private readonly string _root = Directory.CreateTempSubdirectory("webserv-tests-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Find_AFolderCannotBeRead_TheOthersAreFound()
    {
        // One whose path is too long cannot be read by root either. It gets there by the renaming of the folder that all is in.
        var top = Path.Combine(_root, "top");
        var below = "";
        while (_root.Length + NameLimit + below.Length < PathLimit - 150)
        {
            below = Path.Combine(below, new string('d', 50));
        }

        // Before the other in the order of the search.
        var unreadable = "A" + new string('b', NameLimit - 50);
        Directory.CreateDirectory(Path.Combine(top, below, unreadable));
        Directory.CreateDirectory(Path.Combine(top, below, "Foo"));
        File.WriteAllText(Path.Combine(top, below, "Foo", "Foo.dll"), "");
        var longTop = Path.Combine(_root, new string('t', NameLimit));
        Directory.Move(top, longTop);
        try
        {
            using var log = new CollectingLoggerProvider();
            var directory = Path.Combine(longTop, below);
            Assert.InRange(directory.Length + 1 + unreadable.Length, PathLimit, int.MaxValue);

            var found = PluginDiscovery.Find([directory], log.CreateLogger("plugins"), [], []);

            Assert.Equal(["Foo"], found.Select(candidate => candidate.Id));
            Assert.Contains(Path.Combine(directory, unreadable), Assert.Single(log.At(LogLevel.Warning)), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Move(longTop, top);
        }
    }
}
