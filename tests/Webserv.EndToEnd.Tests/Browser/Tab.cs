using Microsoft.Playwright;

namespace Webserv.EndToEnd.Tests.Browser;

/// <summary>A page of the browser that remembers everything that went wrong in it.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private const int Patience = 20_000;

    private readonly IBrowserContext _context;
    private readonly string _screenshots;
    private readonly Look _look;
    private readonly List<string> _problems = [];

    public Tab(IBrowserContext context, IPage page, string screenshots, Look look)
    {
        _context = context;
        _screenshots = screenshots;
        _look = look;
        Page = page;
        context.SetDefaultTimeout(Patience);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Add($"console: {message.Text}");
            }
        };
        page.PageError += (_, error) => Add($"script: {error}");
        page.RequestFailed += (_, request) => Add($"request: {request.Method} {request.Url}: {request.Failure}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400 && response.Request.ResourceType != "document")
            {
                Add($"response: {response.Status} {response.Url}");
            }
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Console errors and warnings, exceptions, failed requests and missing assets until now.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_problems)
            {
                return [.. _problems];
            }
        }
    }

    /// <summary>Goes to a page and waits until nothing is loaded any more; half a second longer in the light look alone.</summary>
    /// <returns>The status.</returns>
    public async Task<int> GoAsync(string target)
    {
        var until = _look == Look.Light ? WaitUntilState.NetworkIdle : WaitUntilState.Load;
        var response = await Page.GotoAsync(target, new PageGotoOptions { WaitUntil = until });
        return response!.Status;
    }

    /// <summary>
    /// Waits until the tab shows the page at an address and has loaded it. Both are asked of the browser again and again:
    /// an event may have come before anybody waited for it.
    /// </summary>
    /// <param name="target">The path and query.</param>
    public async Task IsAtAsync(string target)
    {
        await Assertions.Expect(Page).ToHaveURLAsync(target, new PageAssertionsToHaveURLOptions { Timeout = Patience });
        await Page.WaitForFunctionAsync("document.readyState === 'complete'");
    }

    /// <summary>Takes a picture of the whole page, for people to look at.</summary>
    public Task PhotographAsync(string name) =>
        Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(_screenshots, $"{name}-{_look}.png"), FullPage = true });

    /// <summary>Fails when a page is wider than the window, or anything went wrong.</summary>
    public async Task IsSoundAsync()
    {
        Assert.True(Problems.Count == 0, $"{Page.Url}:\n" + string.Join('\n', Problems));
        var overflow = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"{Page.Url} is {overflow} px wider than the window ({_look}).");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Add(string problem)
    {
        lock (_problems)
        {
            _problems.Add(problem);
        }
    }
}
