using System.Net;
using System.Security.Principal;
using System.Text;
using Moq;
using Webserv.Abstractions.Http;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>What RFC 3875 asks of a server in sections 3, 4, 6 and 7, in its order, each on a script that really runs.</summary>
public sealed class Rfc3875Tests
{
    // Section, requirement, request, variable, its value; null where it must not be set.
    public static TheoryData<string, string, Func<TestHttpContext>, string, string?> Variables => new()
    {
        { "3.3", "The script-URI is SCRIPT_NAME, then PATH_INFO", Get("/d/a.sh/x/y?q"), "SCRIPT_NAME", "/d/a.sh" },
        { "3.3", "The script-URI is SCRIPT_NAME, then PATH_INFO", Get("/d/a.sh/x/y?q"), "PATH_INFO", "/x/y" },
        { "4.1.1", "AUTH_TYPE is the scheme the client was authenticated by", () => As(Get("/a.sh")(), "ann"), "AUTH_TYPE", "Basic" },
        { "4.1.1", "AUTH_TYPE is not set without it", Get("/a.sh"), "AUTH_TYPE", null },
        { "4.1.2", "CONTENT_LENGTH is set where there is a body", () => TestHttpContext.Post("/a.sh").WithBody("abc"), "CONTENT_LENGTH", "3" },
        { "4.1.2", "CONTENT_LENGTH is that without the transfer-coding", () => TestHttpContext.Post("/a.sh").WithBody(new PatternStream(12)), "CONTENT_LENGTH", "12" },
        { "4.1.2", "CONTENT_LENGTH is not set where there is none", Get("/a.sh"), "CONTENT_LENGTH", null },
        { "4.1.3", "CONTENT_TYPE is the field", () => TestHttpContext.Post("/a.sh").WithBody("abc", "text/x; charset=y"), "CONTENT_TYPE", "text/x; charset=y" },
        { "4.1.3", "CONTENT_TYPE is not set without it", Get("/a.sh"), "CONTENT_TYPE", null },
        { "4.1.4", "GATEWAY_INTERFACE is CGI/1.1", Get("/a.sh"), "GATEWAY_INTERFACE", "CGI/1.1" },
        { "4.1.5", "PATH_INFO is decoded, in its case", Get("/a.sh/This%2Ea%20b/%C3%BC"), "PATH_INFO", "/This.a b/\u00fc" },
        { "4.1.5", "PATH_INFO keeps an encoded slash apart from one that separates", Get("/a.sh/a%2Fb/c"), "PATH_INFO", "/a%2Fb/c" },
        { "4.1.5", "PATH_INFO is not set where nothing follows", Get("/a.sh"), "PATH_INFO", null },
        { "4.1.6", "PATH_TRANSLATED is PATH_INFO below the root", Get("/a.sh/x%20y"), "PATH_TRANSLATED", "{root}/x y" },
        { "4.1.6", "PATH_TRANSLATED is not set without PATH_INFO", Get("/a.sh"), "PATH_TRANSLATED", null },
        { "4.1.7", "QUERY_STRING is as it was sent", Get("/a.sh?a=%20b&c+d;e?f"), "QUERY_STRING", "a=%20b&c+d;e?f" },
        { "4.1.7", "QUERY_STRING is always set", Get("/a.sh"), "QUERY_STRING", "" },
        { "4.1.8", "REMOTE_ADDR is the client's address", () => Get("/a.sh")().WithRemoteAddress(IPAddress.Parse("192.0.2.7")), "REMOTE_ADDR", "192.0.2.7" },
        { "4.1.8", "REMOTE_ADDR may be of IPv6", () => Get("/a.sh")().WithRemoteAddress(IPAddress.Parse("2001:db8::7")), "REMOTE_ADDR", "2001:db8::7" },
        { "4.1.9", "REMOTE_HOST may be the address where no name is known", () => Get("/a.sh")().WithRemoteAddress(IPAddress.Parse("192.0.2.7")), "REMOTE_HOST", "192.0.2.7" },
        { "4.1.10", "REMOTE_IDENT may be left out", Get("/a.sh"), "REMOTE_IDENT", null },
        { "4.1.11", "REMOTE_USER is the user", () => As(Get("/a.sh")(), "ann"), "REMOTE_USER", "ann" },
        { "4.1.11", "REMOTE_USER is not set where nobody was authenticated", Get("/a.sh"), "REMOTE_USER", null },
        { "4.1.12", "REQUEST_METHOD is the method", () => TestHttpContext.Put("/a.sh").WithBody("x"), "REQUEST_METHOD", "PUT" },
        { "4.1.12", "REQUEST_METHOD may be one that the server does not know", () => new TestHttpContext("PURGE", "/a.sh"), "REQUEST_METHOD", "PURGE" },
        { "4.1.12", "REQUEST_METHOD is case-sensitive", () => new TestHttpContext("Purge", "/a.sh"), "REQUEST_METHOD", "Purge" },
        { "4.1.13", "SCRIPT_NAME is the script's path, decoded", Get("/d/%C3%BC%20b.sh/x"), "SCRIPT_NAME", "/d/\u00fc b.sh" },
        { "4.1.14", "SERVER_NAME is the name that was asked for", () => Get("/a.sh")().WithHost("example.org:81"), "SERVER_NAME", "example.org" },
        { "4.1.14", "SERVER_NAME may be an address in brackets", () => Get("/a.sh")().WithHost("[::1]:81"), "SERVER_NAME", "[::1]" },
        { "4.1.15", "SERVER_PORT is the port, always", Get("/a.sh"), "SERVER_PORT", "8080" },
        { "4.1.16", "SERVER_PROTOCOL is that of the request", Get("/a.sh"), "SERVER_PROTOCOL", "HTTP/1.1" },
        { "4.1.16", "SERVER_PROTOCOL is that of the request", () => Get("/a.sh")().WithHttpVersion(HttpVersion.Version10), "SERVER_PROTOCOL", "HTTP/1.0" },
        { "4.1.17", "SERVER_SOFTWARE is the server", Get("/a.sh"), "SERVER_SOFTWARE", "Webserv" },
        { "4.1.18", "A field is HTTP_ and its name, in upper case, with underscores", () => Get("/a.sh")().WithHeader("x-Some-field", "v"), "HTTP_X_SOME_FIELD", "v" },
        { "4.1.18", "Repeated fields are one value", () => Get("/a.sh")().WithHeader("X-A", "1").WithHeader("X-A", "2"), "HTTP_X_A", "1, 2" },
        { "4.1.18", "Fields that carry authentication should be left out", () => Get("/a.sh")().WithHeader("Authorization", "Basic x"), "HTTP_AUTHORIZATION", null },
        { "4.1.18", "Fields that have variables of their own may be left out", () => TestHttpContext.Post("/a.sh").WithBody("abc"), "HTTP_CONTENT_LENGTH", null },
        { "4.1.18", "Fields of the connection may be left out", () => Get("/a.sh")().WithHeader("Connection", "close"), "HTTP_CONNECTION", null },
    };

    // Section, requirement, request, script, status, body (null: not looked at), field and value that the answer has (null: has not).
    public static TheoryData<string, string, Func<TestHttpContext>, string, int, string?, string, string?> Answers => new()
    {
        { "4.2", "The body is there to its length", () => TestHttpContext.Post("/a.sh").WithBody("abc"), Ok + "head -c $CONTENT_LENGTH", 200, "abc", "A", "b" },
        { "4.2", "Behind the body is the end of the file", () => TestHttpContext.Post("/a.sh").WithBody("abc"), Ok + "cat; echo end", 200, "abcend\n", "A", "b" },
        { "4.2", "Without a body there is nothing to read", Get("/a.sh"), Ok + "wc -c", 200, "0\n", "A", "b" },
        { "4.2", "The script need not read it", () => TestHttpContext.Post("/a.sh").WithBody(new PatternStream(1 << 20), length: 1 << 20), Ok + "echo none", 200, "none\n", "A", "b" },
        { "4.3.1", "GET may have a body", () => Get("/a.sh")().WithBody("abc"), Ok + "cat", 200, "abc", "A", "b" },
        { "4.3.2", "HEAD is answered without the body that the script wrote", () => TestHttpContext.Head("/a.sh"), Ok + "echo body", 200, "", "A", "b" },
        { "4.4", "Words of the query are arguments only where that is wanted", Get("/a.sh?one+two"), Ok + "echo $#", 200, "0\n", "A", "b" },
        { "6.1", "A script that answers nothing is an error", Get("/a.sh"), "exit 0", 502, null, "A", null },
        { "6.2.1", "A document without a status is 200", Get("/a.sh"), "printf 'Content-Type: text/x\\n\\nd'", 200, "d", "Content-Type", "text/x" },
        { "6.2.2", "A path without a status is answered as if it had been asked for", Get("/a.sh"), "printf 'Location: /other?x=1\\n\\n'", 299, "/other?x=1", "Location", null },
        { "6.2.3", "A location without a status is 302", Get("/a.sh"), "printf 'Location: http://example.org/\\n\\n'", 302, "", "Location", "http://example.org/" },
        { "6.2.4", "A location may have a document and a status", Get("/a.sh"), "printf 'Location: http://example.org/\\nStatus: 303 See\\nContent-Type: text/x\\n\\nd'", 303, "d", "Location", "http://example.org/" },
        { "6.3", "Names of fields are in any case", Get("/a.sh"), "printf 'sTATUS: 404\\ncONTENT-tYPE: text/x\\n\\n'", 404, "", "Content-Type", "text/x" },
        { "6.3", "Nothing need stand behind the colon", Get("/a.sh"), "printf 'Status:404\\nA:b\\n\\n'", 404, "", "A", "b" },
        { "6.3", "A field is one line", Get("/a.sh"), "printf 'A: b\\n c\\n\\n'", 502, null, "A", null },
        { "6.3", "A CGI field is there once", Get("/a.sh"), "printf 'Content-Type: a/b\\nContent-Type: c/d\\n\\n'", 502, null, "A", null },
        { "6.3.1", "Without a media type the server does not guess", Get("/a.sh"), Ok + "echo '<html>'", 200, "<html>\n", "Content-Type", null },
        { "6.3.1", "The media type is sent as it is", Get("/a.sh"), "printf 'Content-Type: text/html\\n\\n'", 200, "", "Content-Type", "text/html" },
        { "6.3.3", "The status is the script's", Get("/a.sh"), "printf 'Status: 418 Teapot\\n\\n'", 418, "", "Status", null },
        { "6.3.3", "The reason may be missing", Get("/a.sh"), "printf 'Status: 418\\n\\n'", 418, "", "Status", null },
        { "6.3.4", "Other fields are sent", Get("/a.sh"), "printf 'Set-Cookie: a=1\\n\\n'", 200, "", "Set-Cookie", "a=1" },
        { "6.3.4", "Fields in conflict with the server's are not", Get("/a.sh"), "printf 'A: b\\nTransfer-Encoding: chunked\\n\\nd'", 200, "d", "Transfer-Encoding", null },
        { "6.3.5", "Extensions are for the server alone", Get("/a.sh"), "printf 'A: b\\nX-CGI-Thing: x\\n\\n'", 200, "", "X-CGI-Thing", null },
        { "6.4", "The body is sent to its end as it is", Get("/a.sh"), Ok + "printf '\\r\\n\\001\\n\\nA: b\\n'; sleep 0; printf end", 200, "\r\n\u0001\n\nA: b\nend", "A", "b" },
        { "7.2", "The working directory is the script's", Get("/d/a.sh"), Ok + "pwd", 200, "{root}/d\n", "A", "b" },
        { "7.2", "Lines end with LF", Get("/a.sh"), "printf 'A: b\\n\\nd'", 200, "d", "A", "b" },
        { "7.2", "or CRLF", Get("/a.sh"), "printf 'A: b\\r\\n\\r\\nd'", 200, "d", "A", "b" },
        { "7.2", "or both", Get("/a.sh"), "printf 'A: b\\r\\nB: c\\n\\r\\nd'", 200, "d", "A", "b" },
    };

    private const string Ok = "printf 'A: b\\n\\n'; ";

    [Theory]
    [MemberData(nameof(Variables))]
    public async Task Variable_Request_IsAsTheSectionSays(string section, string requirement, Func<TestHttpContext> request, string name, string? value)
    {
        await using var site = await ScriptSite.CreateAsync();
        var context = request();
        Write(site, context, $"{Ok} printf %s \"${{{name}-not set}}\"");
        var expected = value?.Replace("{root}", site.Root, StringComparison.Ordinal) ?? "not set";
        Assert.True(expected == (await site.SendAsync(context)).BodyText, $"RFC 3875 section {section}: {requirement}: {name} is '{context.Response.BodyText}'");
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_Script_IsAsTheSectionSays(
        string section, string requirement, Func<TestHttpContext> request, string script, int status, string? body, string field, string? value)
    {
        await using var site = await ScriptSite.CreateAsync();
        var context = request();
        var redirect = new Mock<ILocalRedirectFeature>();
        redirect.Setup(static feature => feature.RedirectAsync(It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Returns((string target, CancellationToken cancellation) =>
            {
                context.Response.StatusCode = 299;
                return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(target), cancellation).AsTask();
            });
        context.WithFeature(redirect.Object);
        Write(site, context, script);
        var response = await site.SendAsync(context);
        var because = $"RFC 3875 section {section}: {requirement}";
        Assert.True(status == response.StatusCode, $"{because}: {response.StatusCode}");
        Assert.True(body is null || body.Replace("{root}", site.Root, StringComparison.Ordinal) == response.BodyText, $"{because}: {response.BodyText}");
        Assert.True(value == (response.Headers.Contains(field) ? response.Headers[field].ToString() : null), $"{because}: {field} is '{response.Headers[field]}'");
    }

    private static Func<TestHttpContext> Get(string target) => () => TestHttpContext.Get(target);

    private static TestHttpContext As(TestHttpContext context, string user) => context.WithUser(new GenericIdentity(user, "Basic"));

    private static void Write(ScriptSite site, TestHttpContext context, string script)
    {
        var path = context.Request.Path;
        site.Write(path[1..(path.IndexOf(".sh", StringComparison.Ordinal) + 3)], script);
    }
}
