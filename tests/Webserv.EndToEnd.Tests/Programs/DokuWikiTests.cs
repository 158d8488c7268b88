using System.Net;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>DokuWiki in use, in whatever way PHP is run: what shows that the application works at all.</summary>
public abstract class DokuWikiTests(WikiSite site)
{
    [Fact]
    public async Task Install_Once_SucceedsAndIsRefusedFromThenOn()
    {
        Assert.Contains("The configuration was finished successfully", site.Installation, StringComparison.Ordinal);
        Assert.Contains("local.php</code> already exists", await site.Server.Client.GetTextAsync("/install.php"), StringComparison.Ordinal);
        Assert.Contains("Wiki of the Café", await site.Server.Client.GetTextAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Use_FromLogInToLogOut_KeepsWhatIsWritten()
    {
        using var user = new WikiUser(site.Server);
        Assert.Null(await user.LogInAsync("guessed"));
        Assert.Equal(site.Server.At("/doku.php/start"), (await user.LogInAsync(WikiSite.Password))?.AbsoluteUri);
        Assert.Contains("Ada Lovelace", await user.Client.GetTextAsync("/doku.php?id=start"), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(site.Folder.Combine("sessions"), "sess_*"));

        await user.WriteAsync("animals:elephants", "====== Éléphants ======\n\nThey //never// forget: <html>&\n");
        var page = await user.Client.GetTextAsync("/doku.php/animals:elephants");
        Assert.Contains(">Éléphants</h1>", page, StringComparison.Ordinal);
        Assert.Contains("They <em>never</em> forget: &lt;html&gt;&amp;", page, StringComparison.Ordinal);

        // A page far larger than what stays in memory, without its length.
        var list = string.Concat(Enumerable.Range(0, 4000).Select(line => $"  - line {line} of a long list\n"));
        await user.WriteAsync("long", list, chunked: true);
        Assert.Equal(list, await File.ReadAllTextAsync(site.Folder.Combine("wiki", "data", "pages", "long.txt"), TestContext.Current.CancellationToken));

        // The wiki's own errand: a page is in the index once a picture at its end has been asked for.
        using (var errand = await user.Client.FetchAsync("/lib/exe/taskrunner.php?id=animals:elephants"))
        {
            Assert.StartsWith("GIF89a", await errand.ReadTextAsync(), StringComparison.Ordinal);
        }

        Assert.Contains("href=\"/doku.php/animals:elephants", await user.Client.GetTextAsync("/doku.php?do=search&q=forget"), StringComparison.Ordinal);

        var token = (await user.HiddenAsync("/doku.php?id=long&do=edit", "dw__editform")).Single(field => field.Name == "sectok").Value;
        using var logOut = await user.Client.FetchAsync($"/doku.php?id=start&do=logout&sectok={token}");
        Assert.Equal(HttpStatusCode.Found, logOut.StatusCode);
        Assert.DoesNotContain("Ada Lovelace", await user.Client.GetTextAsync("/doku.php?id=start"), StringComparison.Ordinal);
        Assert.Contains("This page is read only", await user.Client.GetTextAsync("/doku.php?id=animals:elephants&do=edit"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/conf/users.auth.php")]
    [InlineData("/conf/local.php")]
    [InlineData("/data/pages/wiki/welcome.txt")]
    [InlineData("/inc/init.php")]
    [InlineData("/bin/dwpage.php")]
    [InlineData("/lib/plugins/acl/admin.php")]
    [InlineData("/vendor/autoload.php")]
    [InlineData("/.user.ini")]
    [InlineData("/lib/exe/none.php")]
    public async Task Get_WhatIsNoPage_IsNotThere(string target)
    {
        using var response = await site.Server.Client.FetchAsync(target);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
