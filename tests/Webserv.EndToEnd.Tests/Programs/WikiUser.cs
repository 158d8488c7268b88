using System.Net;
using System.Text.RegularExpressions;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>Somebody who uses a DokuWiki: keeps cookies, and sends forms with what is hidden in them.</summary>
internal sealed partial class WikiUser(ProgramServer server) : IDisposable
{
    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        BaseAddress = server.Address,
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Logs in.</summary>
    /// <returns>Where the wiki sends the user, or <see langword="null"/> where it does not.</returns>
    public async Task<Uri?> LogInAsync(string password)
    {
        using var answer = await SubmitAsync(
            "/doku.php?id=start&do=login", "dw__login", "/doku.php?id=start", chunked: false, ("u", WikiSite.User), ("p", password), ("do", "login"));
        return answer.Headers.Location;
    }

    /// <summary>Writes a page, which must not be there yet or be what was seen last.</summary>
    public async Task WriteAsync(string page, string text, bool chunked = false)
    {
        using var answer = await SubmitAsync(
            $"/doku.php?id={page}&do=edit", "dw__editform", $"/doku.php?id={page}", chunked, ("wikitext", text), ("summary", "written"), ("do[save]", "1"));
        Assert.Equal((HttpStatusCode.Found, $"/doku.php/{page}"), (answer.StatusCode, answer.Headers.Location?.PathAndQuery));
    }

    /// <summary>Sends a form of a page.</summary>
    /// <param name="page">Where it is.</param>
    /// <param name="id">Which form.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="chunked">Whether its length is not said.</param>
    /// <param name="fields">What the user fills in.</param>
    public async Task<HttpResponseMessage> SubmitAsync(
        string page, string id, string target, bool chunked, params IEnumerable<(string Name, string Value)> fields)
    {
        var filled = fields.ToArray();
        var hidden = (await HiddenAsync(page, id)).Where(field => filled.All(other => other.Name != field.Name));
        using var form = RequestExtensions.Form([.. hidden, .. filled]);
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = form };
        request.Headers.TransferEncodingChunked = chunked;
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The hidden fields of a form.</summary>
    public async Task<(string Name, string Value)[]> HiddenAsync(string page, string id)
    {
        var text = await Client.GetTextAsync(page);
        var form = Regex.Match(text, $"<form[^>]*\\bid=\"{id}\".*?</form>", RegexOptions.Singleline);
        Assert.True(form.Success, $"{page} has no form {id}: {text}");
        return [.. Hidden().Matches(form.Value).Select(match => (match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value)))];
    }

    /// <inheritdoc />
    public void Dispose() => Client.Dispose();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]*)" value="(?<value>[^"]*)" />""")]
    private static partial Regex Hidden();
}
