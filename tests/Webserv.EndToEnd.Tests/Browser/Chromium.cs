using Microsoft.Playwright;
using Webserv.EndToEnd.Tests.Processes;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Browser;

/// <summary>Debian's Chromium without a window, the one that cannot have any if it is there, and the sample site to look at.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The site.</summary>
    public SampleSite Site { get; } = new();

    /// <summary>
    /// Where pictures of the pages are put for people to look at: <c>screenshots/</c> beside the built tests, or the directory
    /// that the variable <c>WEBSERV_SCREENSHOTS</c> names.
    /// </summary>
    internal string Screenshots { get; } = Directory.CreateDirectory(
        Environment.GetEnvironmentVariable("WEBSERV_SCREENSHOTS") ?? Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        var program = ExternalProgram.FindAny("chromium-headless-shell", "chromium");
        await Site.InitializeAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Headless = true,
            Timeout = 60_000,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-extensions",

                // All that is looked at is ours: fewer processes are started that only keep pages from each other.
                "--in-process-gpu", "--disable-software-rasterizer", "--disable-dev-shm-usage", "--renderer-process-limit=2",
                "--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process,SpareRendererForSitePerProcess",
            ],
        });
    }

    /// <summary>Opens a tab of its own, with its own cookies and cache. Dispose it.</summary>
    internal async Task<Tab> OpenAsync(Look look = Look.Light, bool scripts = true)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Site.Server.Address.AbsoluteUri,
            ColorScheme = look == Look.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = look == Look.Phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1200, Height = 800 },
            DeviceScaleFactor = 1,
            AcceptDownloads = true,
            JavaScriptEnabled = scripts,
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
        return new Tab(context, await context.NewPageAsync(), Screenshots, look);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        await Site.DisposeAsync();
    }
}
