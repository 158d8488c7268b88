using System.Globalization;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>
/// Files that change while they are served. What is replaced by renaming is one version or the other, never a mixture, whole or
/// in parts that belong together by their entity-tag. What is changed in place may be mixed, as whoever changes it so has
/// chosen, but its answer is framed as its head says, or cut.
/// </summary>
public sealed class ChangingFilesTests
{
    private const int Readers = 64;
    private const int Names = 6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0s", 10_000)]
    [InlineData("50ms", 8)]
    public async Task Files_ReplacedAsFastAsCanBe_AreNeverMixed(string validFor, int maxEntries)
    {
        using var folder = MakeFolder(validFor, maxEntries);
        await using var server = await ServerProcess.StartAsync(folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var writer = Task.Run(() => Replace(folder, stop.Token), Cancellation);
        var counts = new int[600];
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Readers).Select(seed => Task.Run(() => ReadAsync(server, new Random(seed), counts), Cancellation)));
        }
        finally
        {
            await stop.CancelAsync();
        }

        var swaps = await writer;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{swaps} changes; " + string.Join(", ", counts.Index().Where(count => count.Item > 0).Select(count => $"{count.Item} × {count.Index}")));
        Assert.True(swaps > 100, $"only {swaps} changes");
        Assert.True(counts[200] > Readers && counts[206] > Readers && counts[404] > 0, "hardly anything was read");
        Assert.Equal(counts.Sum(), counts[200] + counts[206] + counts[404] + counts[503]);
        Assert.True(counts[503] < counts.Sum() / 10, "most answers should be there");
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains(" crit: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_ChangedInPlaceUnderLoad_AreFramedOrCut()
    {
        using var folder = MakeFolder("0s", 10_000);
        await using var server = await ServerProcess.StartAsync(folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var writer = Task.Run(() => ChangeInPlace(folder.Combine("www", "0"), stop.Token), Cancellation);
        var (whole, cut) = (0, 0);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Run(
                async () =>
                {
                    using var reader = new FileReader(server);
                    for (var i = 0; i < 60; i++)
                    {
                        // The reader itself checks that what came is what Content-Length says, or that the connection was reset.
                        var answer = await reader.GetAsync("/0", "", Cancellation);
                        Assert.True(answer.Status == 200 || (answer.Status == 0 && !answer.IsWhole), $"status {answer.Status}");
                        Interlocked.Increment(ref answer.IsWhole ? ref whole : ref cut);
                    }
                },
                Cancellation)));
        }
        finally
        {
            await stop.CancelAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{await writer} changes, {whole} whole answers, {cut} cut ones");
        Assert.True(whole > 0);
        Assert.Equal(cut > 0, server.Log.Lines.Any(line => line.Contains("early", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task File_TruncatedWhileItIsSent_IsCutAndLogged()
    {
        using var folder = MakeFolder("1s", 10_000);
        var path = folder.Write("www/large", new byte[64 << 20]);
        await using var server = await ServerProcess.StartAsync(folder);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Contains($"\r\nContent-Length: {64 << 20}\r\n", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(1);
        }

        var error = await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(client.ReadToEndAsync);
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, error.SocketErrorCode);
        await server.Log.WaitAsync(
            lines => lines.Any(line => line.Contains("early", StringComparison.Ordinal)), TimeSpan.FromSeconds(10), server.Log.ToString);

        using var reader = new FileReader(server);
        FileReader.Answer answer;
        do
        {
            // The old length is remembered for a second.
            answer = await reader.GetAsync("/large", "", Cancellation);
        }
        while (!answer.IsWhole);
        Assert.Single(answer.Body);
    }

    private static ServerFolder MakeFolder(string validFor, int maxEntries)
    {
        var folder = new ServerFolder();
        var random = new Random(1);
        for (var name = 0; name < Names; name++)
        {
            folder.Write($"www/{name}", VersionedContent.Make(random, LengthOf(name, random)));
        }

        folder.Configure($$"""
            { "Webserv": {
                "FileCache": { "ValidFor": "{{validFor}}", "MaxEntries": {{maxEntries}} },
                "VirtualServers": [ { "Name": "changing", "Listen": [ "http://127.0.0.1:0" ], "Root": "www", "Pipeline": [ { "Use": "StaticFiles" } ] } ] } }
            """);
        return folder;
    }

    // Half of them are kept in memory, half are sent from a descriptor.
    private static int LengthOf(int name, Random random) => name % 2 == 0 ? random.Next(300_000, 700_000) : random.Next(100, 60_000);

    private static int Replace(ServerFolder folder, CancellationToken stop)
    {
        // Made beforehand: digests would take longer than the changes.
        var random = new Random(2);
        var versions = Enumerable.Range(0, 20 * Names).Select(index => VersionedContent.Make(random, LengthOf(index % Names, random))).ToArray();
        var changes = 0;
        var fresh = folder.Combine("fresh");
        for (; !stop.IsCancellationRequested; changes++)
        {
            var name = random.Next(Names);
            var path = folder.Combine("www", name.ToString(CultureInfo.InvariantCulture));
            if (random.Next(10) == 0)
            {
                File.Delete(path);
                continue;
            }

            File.WriteAllBytes(fresh, versions[(random.Next(20) * Names) + name]);
            File.Move(fresh, path, overwrite: true);
        }

        return changes;
    }

    private static int ChangeInPlace(string path, CancellationToken stop)
    {
        var random = new Random(3);
        var changes = 0;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (; !stop.IsCancellationRequested; changes++)
        {
            RandomAccess.SetLength(file, random.Next(3) == 0 ? random.Next(1_000) : random.Next(2_000_000));
            RandomAccess.Write(file, "written"u8, random.Next(1_000_000));
        }

        return changes;
    }

    private static async Task ReadAsync(ServerProcess server, Random random, int[] counts)
    {
        using var reader = new FileReader(server);
        for (var i = 0; i < 40; i++)
        {
            var path = $"/{random.Next(Names)}";
            var answer = await Count(reader.GetAsync(path, "", Cancellation));
            if (answer.Status == 200)
            {
                Assert.True(VersionedContent.IsWhole(answer.Body), $"{path} is mixed: {answer.Head}");
            }

            // Half of it, and then the other half of the same version.
            var middle = random.Next(1, 400_000);
            var first = await Count(reader.GetAsync(path, $"Range: bytes=0-{middle - 1}\r\n", Cancellation));
            if (first.Status != 206)
            {
                continue;
            }

            if (first["Content-Range"].EndsWith($"/{first.Body.Length}", StringComparison.Ordinal))
            {
                Assert.True(VersionedContent.IsWhole(first.Body), $"{path} is mixed: {first.Head}");
                continue;
            }

            var second = await Count(reader.GetAsync(path, $"Range: bytes={first.Body.Length}-\r\nIf-Range: {first["ETag"]}\r\n", Cancellation));
            switch (second.Status)
            {
                case 206:
                    Assert.True(VersionedContent.IsWhole([.. first.Body, .. second.Body]), $"{path} is mixed: {first.Head}{second.Head}");
                    break;
                case 200:
                    Assert.True(VersionedContent.IsWhole(second.Body), $"{path} is mixed: {second.Head}");
                    break;
            }
        }

        async Task<FileReader.Answer> Count(Task<FileReader.Answer> asked)
        {
            var answer = await asked;
            Assert.True(answer.IsWhole, "a file that is replaced is never cut");
            Interlocked.Increment(ref counts[answer.Status]);
            return answer;
        }
    }
}
