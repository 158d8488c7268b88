using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.Uploads.Tests;

/// <summary>What a crash left behind is cleared away beside the service, and nothing that goes wrong with it costs a start.</summary>
public sealed class ClearingUpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Initialize_DirectoriesThatNoPathReaches_StartsAndClearsUpTheRest()
    {
        var directory = Directory.CreateTempSubdirectory("webserv-deep-").FullName;
        try
        {
            MakeDeeperThanAPath(directory);
            var stale = Path.Combine(directory, $".upload-{Guid.NewGuid():N}.tmp");
            await File.WriteAllTextAsync(stale, "", Cancellation);
            await using var host = await PluginHost.CreateAsync<UploadsPlugin>(cancellation: Cancellation);
            await host.UseAsync<UploadsOptions>("Uploads", options => options.Directory = directory, cancellation: Cancellation);
            await ClearedUpAsync(host);
            Assert.False(File.Exists(stale));
            var warning = Assert.Single(host.Log.Entries, entry => entry.Level >= LogLevel.Warning);
            Assert.Contains(directory, warning.Message, StringComparison.Ordinal);
        }
        finally
        {
            // Directory.Delete knows paths only.
            using var remove = Process.Start("rm", ["-rf", "--", directory]);
            await remove.WaitForExitAsync(Cancellation);
        }
    }

    [Fact]
    public async Task Initialize_WhileClearingUpTakesItsTime_IsOverAtOnce()
    {
        var directory = Directory.CreateTempSubdirectory("webserv-slow-").FullName;
        try
        {
            var names = await MakeUnlockedAsync(directory, 3);
            using var time = new BlockingTime();
            await using var host = await PluginHost.CreateAsync<UploadsPlugin>(timeProvider: time, cancellation: Cancellation);
            try
            {
                await host.UseAsync<UploadsOptions>("Uploads", options => options.Directory = directory, cancellation: Cancellation)
                    .WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
                await time.Asked.WaitAsync(Cancellation);
                Assert.All(names, name => Assert.True(File.Exists(name)));
            }
            finally
            {
                time.Release();
            }

            await ClearedUpAsync(host);
            Assert.All(names, name => Assert.False(File.Exists(name)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Dispose_WhileClearingUp_EndsItAtTheNextFile()
    {
        var directory = Directory.CreateTempSubdirectory("webserv-slow-").FullName;
        try
        {
            var names = await MakeUnlockedAsync(directory, 3);
            using var time = new BlockingTime();
            var host = await PluginHost.CreateAsync<UploadsPlugin>(timeProvider: time, cancellation: Cancellation);
            await host.UseAsync<UploadsOptions>("Uploads", options => options.Directory = directory, cancellation: Cancellation)
                .WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
            await time.Asked.WaitAsync(Cancellation);
            var disposing = host.DisposeAsync().AsTask();
            Assert.False(disposing.IsCompleted);
            time.Release();
            await disposing;
            Assert.InRange(names.Count(File.Exists), 2, 3);
            Assert.DoesNotContain(host.Log.Entries, entry => entry.Level >= LogLevel.Warning);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Task ClearedUpAsync(PluginHost host) => ((UploadsMiddleware)host.Pipeline[0]).ClearingUp.WaitAsync(Cancellation);

    private static void MakeDeeperThanAPath(string directory)
    {
        var name = new string('d', 250);
        var held = HeldDirectory.Open(directory);
        for (var depth = 0; depth < 20; depth++)
        {
            using var parent = held;
            parent.CreateChild(name);
            held = parent.OpenChild(name)!;
        }

        held.Dispose();
    }

    private static async Task<string[]> MakeUnlockedAsync(string directory, int count)
    {
        var names = Enumerable.Range(0, count).Select(_ => Path.Combine(directory, $".upload-{Guid.NewGuid():N}.new")).ToArray();
        foreach (var name in names)
        {
            await File.WriteAllTextAsync(name, "", Cancellation);
        }

        return names;
    }

    /// <summary>Tells the time only when it may, and then one at which everything here is old.</summary>
    private sealed class BlockingTime : TimeProvider, IDisposable
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        public Task Asked => _asked.Task;

        public void Release() => _released.Set();

        public void Dispose() => _released.Dispose();

        public override DateTimeOffset GetUtcNow()
        {
            _asked.TrySetResult();
            _released.Wait(Cancellation);
            return base.GetUtcNow() + TimeSpan.FromHours(1);
        }
    }
}
