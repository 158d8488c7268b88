using Microsoft.Playwright;

namespace Webserv.EndToEnd.Tests.Browser;

/// <summary>The page of a folder: in every look, by keyboard, and without scripts.</summary>
public sealed class ListingTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int NarrowPhone = 360;

    [Fact]
    public async Task Open_Folder_IsSoundInEveryLook()
    {
        var target = MakeFolder("looks");
        foreach (var look in Enum.GetValues<Look>())
        {
            await using var tab = await chromium.OpenAsync(look);
            if (look == Look.Phone)
            {
                await tab.Page.SetViewportSizeAsync(NarrowPhone, 740);
            }

            Assert.Equal(200, await tab.GoAsync(target));
            await tab.PhotographAsync("listing");
            await tab.IsSoundAsync();
            Assert.Equal("Release files", await tab.Page.GetByRole(AriaRole.Heading, new() { Level = 3 }).InnerTextAsync());
            var background = await tab.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
            Assert.Equal(look == Look.Dark ? "rgb(15, 19, 25)" : "rgb(245, 246, 248)", background);

            // What a screen reader is told: a table, also where the style makes something else of it.
            var row = tab.Page.GetByRole(AriaRole.Table, new() { Name = $"Folders and files in {target}" }).GetByRole(AriaRole.Row, new() { Name = "latest.md" });
            Assert.Equal(1, await row.GetByRole(AriaRole.Rowheader, new() { Name = "latest.md symbolic link", Exact = true }).CountAsync());
            Assert.Equal(2, await row.GetByRole(AriaRole.Cell).CountAsync());
            Assert.Equal("ascending", await tab.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Name" }).GetAttributeAsync("aria-sort"));
        }
    }

    [Fact]
    public async Task Filter_WithoutScripts_AsksTheServer()
    {
        var target = MakeFolder("form");
        await using var tab = await chromium.OpenAsync(scripts: false);
        await tab.GoAsync(target + "?sort=size&order=desc");
        await tab.Page.GetByLabel("Filter by name").FillAsync("*.flac");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        await Assertions.Expect(tab.Page).ToHaveURLAsync($"{target}?sort=size&order=desc&filter=*.flac");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("3 names match “*.flac”.");
        await Assertions.Expect(tab.Page.Locator("tbody tr:not(.up) bdi")).ToHaveTextAsync(["album-10.flac", "album-2.flac", "album-1.flac"]);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Show all" }).ClickAsync();
        await Assertions.Expect(tab.Page).ToHaveURLAsync($"{target}?sort=size&order=desc");
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task Filter_WithScripts_NarrowsWhileOneTypes()
    {
        var target = MakeFolder("script");
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(target);
        var shown = tab.Page.Locator("tbody tr:not(.up):visible bdi");
        var box = tab.Page.GetByLabel("Filter by name");
        await box.PressSequentiallyAsync("ALBUM-1");
        await Assertions.Expect(shown).ToHaveTextAsync(["album-1.flac", "album-10.flac"]);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("2 of 8 shown");
        await box.FillAsync("");
        await Assertions.Expect(shown).ToHaveCountAsync(8);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("");
        await tab.IsAtAsync(target);
        await tab.IsSoundAsync();
    }

    [Fact]
    public async Task Tab_ThroughThePage_ComesToEverythingInOrder()
    {
        var target = MakeFolder("keys");
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(target);
        List<string> visited = [];
        for (var i = 0; i < 12; i++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            visited.Add(await tab.Page.EvaluateAsync<string>(
                "(document.activeElement.getAttribute('aria-label') || document.activeElement.id || document.activeElement.textContent).trim() + (getComputedStyle(document.activeElement).outlineStyle === 'none' ? ' unseen' : '')"));
        }

        Assert.Equal(
            ["Skip to the list", "Home", "downloads", "filter", "Filter", "Sort by Name", "Sort by Size", "Sort by Modified", "Parent folder", "sub/", "a <b> & c.txt", "album-1.flac"],
            visited);

        await tab.GoAsync(target);
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.Keyboard.PressAsync("Tab");
        Assert.StartsWith("Sort by", (await tab.Page.EvaluateAsync<string>("document.activeElement.textContent")).Trim(), StringComparison.Ordinal);
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task Reload_Unchanged_IsNotModified()
    {
        await using var tab = await chromium.OpenAsync();
        var target = MakeFolder("again");
        await tab.GoAsync(target);
        var status = new TaskCompletionSource<int>();
        var session = await tab.Page.Context.NewCDPSessionAsync(tab.Page);
        await session.SendAsync("Network.enable");
        session.Event("Network.responseReceivedExtraInfo").OnEvent += (_, message) => status.TrySetResult(message!.Value.GetProperty("statusCode").GetInt32());
        await tab.Page.ReloadAsync();
        Assert.Equal(304, await status.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    /// <summary>Makes a folder with eight names below the downloads.</summary>
    /// <returns>Its path on the server.</returns>
    private string MakeFolder(string name)
    {
        var folder = Directory.CreateDirectory(chromium.Site.Folder.Combine("sample-site", "main", "downloads", name)).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        foreach (var (file, size) in new[] { ("album-1.flac", 1000), ("album-2.flac", 2000), ("album-10.flac", 3000), ("a <b> & c.txt", 5), (new string('x', 120) + ".bin", 7) })
        {
            File.WriteAllBytes(Path.Combine(folder, file), new byte[size]);
        }

        File.WriteAllText(Path.Combine(folder, "README.md"), "# Release files\n\n[the folder](sub/)\n\n|a|b|\n|-|-:|\n|1|2|\n\n![elsewhere](https://example.com/x.png)\n");
        File.CreateSymbolicLink(Path.Combine(folder, "latest.md"), "README.md");
        return $"/downloads/{name}/";
    }
}
