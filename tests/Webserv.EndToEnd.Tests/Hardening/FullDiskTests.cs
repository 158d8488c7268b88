using System.Globalization;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>Uploads to a real file system of 1 MB, which is mounted for the server alone and is gone with it.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task Upload_DiskFull_Answers507AndKeepsWhatWasThere()
    {
        var folder = TrialSite.Prepare();
        await using var site = await TrialSite.StartAsync(folder, launcher: WithSmallDisk(folder.Combine("up")));
        var disk = $"/proc/{site.Server.Id}/root{site.Uploads}";
        Assert.Equal(201, TrialSite.StatusOf(await PutAsync(site, "kept", "kept")));

        Assert.Equal(507, TrialSite.StatusOf(await PutAsync(site, "kept", new string('x', 3_000_000))));
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(disk, "kept"), TestContext.Current.CancellationToken));

        var form = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"new\"\r\n\r\n" + new string('y', 3_000_000) + "\r\n--B--\r\n";
        Assert.Equal(507, TrialSite.StatusOf(await site.ExchangeAsync(string.Create(CultureInfo.InvariantCulture,
            $"POST /up/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\nConnection: close\r\nContent-Length: {form.Length}\r\n\r\n{form}"))));

        Assert.Equal([Path.Combine(disk, "kept")], Directory.GetFileSystemEntries(disk));
        Assert.Equal(201, TrialSite.StatusOf(await PutAsync(site, "fits", new string('z', 500_000))));
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
    }

    [Fact]
    public async Task Script_DiskOfSpooledBodiesFull_Answers507AndLeavesNothing()
    {
        var folder = new ServerFolder();
        folder.MakeDirectory("spool");
        folder.WriteScript("cgi/count.sh", "#!/bin/sh\nprintf 'A: b\\n\\n'; wc -c | tr -d ' \\n'\n");
        folder.Configure("""
            { "Webserv": { "VirtualServers": [ { "Name": "spool", "Listen": ["http://127.0.0.1:0"], "Root": "cgi", "MaxRequestBodySize": "10MB",
                "Pipeline": [ { "Use": "Cgi", "Options": { "Interpreters": { ".sh": "" }, "SpoolDirectory": "spool" } } ] } ] } }
            """);
        await using var site = await TrialSite.StartAsync(folder, launcher: WithSmallDisk(folder.Combine("spool")));
        Assert.Equal("500000", TrialSite.BodyOf(await PostChunkedAsync(site, 500_000)));
        Assert.Equal(507, TrialSite.StatusOf(await PostChunkedAsync(site, 3_000_000)));
        Assert.Equal("500000", TrialSite.BodyOf(await PostChunkedAsync(site, 500_000)));
        Assert.Empty(Directory.GetFileSystemEntries($"/proc/{site.Server.Id}/root{folder.Combine("spool")}"));
    }

    private static Task<string> PostChunkedAsync(TrialSite site, int length) => site.ExchangeAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"POST /count.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{new string('x', length)}\r\n0\r\n\r\n"));

    private static Task<string> PutAsync(TrialSite site, string name, string body) => site.ExchangeAsync(string.Create(
        CultureInfo.InvariantCulture, $"PUT /up/{name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

    internal static string[] WithSmallDisk(string directory)
    {
        string[] namespaces = Environment.UserName == "root" ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
        return
        [
            ExternalProgram.Find("unshare", "util-linux"), .. namespaces,
            "/bin/sh", "-c", "mount -t tmpfs -o size=1m none \"$0\" && exec \"$@\"", directory,
        ];
    }
}
