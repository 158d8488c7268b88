using System.Net;
using System.Security.Principal;
using Webserv.Abstractions.Files;
using Webserv.Gateway;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Scripts;
using Webserv.Testing.Files;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

public sealed class MetaVariablesTests
{
    private static readonly Script Script =
        new(".php", new TestFileEntry(FileKind.File, "/srv/a.php"), "/srv/a.php", "/srv", "/a.php", "/p", "/srv/p", "", "/srv");

    [Theory]
    [InlineData("CONTENT_LENGTH", "7")]
    [InlineData("CONTENT_TYPE", "text/x")]
    [InlineData("CONTEXT_DOCUMENT_ROOT", "/srv")]
    [InlineData("CONTEXT_PREFIX", "")]
    [InlineData("DOCUMENT_ROOT", "/var/www")]
    [InlineData("GATEWAY_INTERFACE", "CGI/1.1")]
    [InlineData("HTTPS", null)]
    [InlineData("HTTP_ACCEPT", "a, b")]
    [InlineData("HTTP_AUTHORIZATION", null)]
    [InlineData("HTTP_CONNECTION", null)]
    [InlineData("HTTP_CONTENT_LENGTH", null)]
    [InlineData("HTTP_CONTENT_TYPE", null)]
    [InlineData("HTTP_COOKIE", "a=1; b=2")]
    [InlineData("HTTP_HOST", "example.com:81")]
    [InlineData("HTTP_PROXY", null)]
    [InlineData("HTTP_PROXY_AUTHORIZATION", null)]
    [InlineData("HTTP_TE", null)]
    [InlineData("HTTP_TRANSFER_ENCODING", null)]
    [InlineData("HTTP_UPGRADE", null)]
    [InlineData("HTTP_X_NAMED", null)]
    [InlineData("HTTP_X_REAL", "1")]
    [InlineData("HTTP_X_SPOOF", null)]
    [InlineData("HTTP_X_UTF8", "ü")]
    [InlineData("HTTP_X_LATIN1", "\u00fc")]
    [InlineData("PATH", "/own/bin")]
    [InlineData("PATH_INFO", "/p")]
    [InlineData("PATH_TRANSLATED", "/srv/p")]
    [InlineData("QUERY_STRING", "q=%20&-s")]
    [InlineData("REDIRECT_STATUS", "200")]
    [InlineData("REMOTE_ADDR", "192.0.2.1")]
    [InlineData("REMOTE_HOST", "192.0.2.1")]
    [InlineData("REMOTE_PORT", "1234")]
    [InlineData("REMOTE_USER", null)]
    [InlineData("AUTH_TYPE", null)]
    [InlineData("REQUEST_METHOD", "POST")]
    [InlineData("REQUEST_SCHEME", "http")]
    [InlineData("REQUEST_URI", "/a.php/p?q=%20&-s")]
    [InlineData("SCRIPT_FILENAME", "/srv/a.php")]
    [InlineData("SCRIPT_NAME", "/a.php")]
    [InlineData("SERVER_ADDR", "127.0.0.1")]
    [InlineData("SERVER_NAME", "example.com")]
    [InlineData("SERVER_PORT", "8080")]
    [InlineData("SERVER_PROTOCOL", "HTTP/1.1")]
    [InlineData("SERVER_SOFTWARE", "Webserv")]
    [InlineData("HOME", null)]
    [InlineData("PASSED", "own PASSED")]
    [InlineData("EXTRA", "configured")]
    public void Build_Request_HasTheValue(string name, string? expected)
    {
        var context = TestHttpContext.Post("/a.php/p?q=%20&-s")
            .WithVirtualServer(new TestVirtualServer { Root = "/var/www" })
            .WithRemoteAddress(IPAddress.Parse("::ffff:192.0.2.1"), 1234)
            .WithHost("example.com:81")
            .WithBody("1234567", "text/x")
            .WithHeader("Accept", "a").WithHeader("Accept", "b")
            .WithHeader("Cookie", "a=1").WithHeader("Cookie", "b=2")
            .WithHeader("Connection", "close, X-Named, host").WithHeader("X-Named", "1").WithHeader("X-Real", "1")
            .WithHeader("X_Spoof", "1").WithHeader("X_Real", "2").WithHeader("Proxy", "http://evil").WithHeader("TE", "x")
            .WithHeader("Transfer-Encoding", "chunked").WithHeader("Upgrade", "x")
            .WithHeader("Authorization", "Basic x").WithHeader("Proxy-Authorization", "Basic y")
            .WithHeader("X-Utf8", "\u00c3\u00bc").WithHeader("X-Latin1", "\u00fc");
        var variables = Build(context, 7, static options =>
        {
            options.PassEnvironment.Add("PASSED");
            options.PassEnvironment.Add("NOT_SET");
            options.Environment["EXTRA"] = "configured";
        });
        Assert.Equal(expected, variables.GetValueOrDefault(name));
    }

    [Fact]
    public void Build_PassAuthorization_PassesIt()
    {
        var context = TestHttpContext.Get("/a.php").WithHeader("Authorization", "Basic x").WithHeader("Proxy-Authorization", "Basic y");
        var variables = Build(context, null, static options => options.PassAuthorization = true);
        Assert.Equal(("Basic x", "Basic y"), (variables["HTTP_AUTHORIZATION"], variables["HTTP_PROXY_AUTHORIZATION"]));
    }

    [Fact]
    public void Build_NoBodyNoPathInfo_LeavesThemOut()
    {
        var variables = new MetaVariables(new OwnEnvironment(static _ => null).Passed([]), [], passAuthorization: false)
            .Build(TestHttpContext.Get("/a.php"), Script with { PathInfo = "", PathTranslated = null }, null);
        Assert.Empty(variables.Keys.Intersect(["CONTENT_LENGTH", "CONTENT_TYPE", "PATH_INFO", "PATH_TRANSLATED"]));
        Assert.Equal("", variables["QUERY_STRING"]);
        Assert.Equal("/usr/local/bin:/usr/bin:/bin", variables["PATH"]);
    }

    [Fact]
    public void Build_Https_SaysOn()
    {
        var variables = Build(TestHttpContext.Get("/a.php").WithScheme("https"));
        Assert.Equal(("on", "https"), (variables["HTTPS"], variables["REQUEST_SCHEME"]));
    }

    [Theory]
    [InlineData("https", "www.example.com", "on", "443")]
    [InlineData("https", "www.example.com:8443", "on", "8443")]
    [InlineData("http", "www.example.com", null, "80")]
    [InlineData("https", "[2001:db8::1]", "on", "443")]
    [InlineData("https", "", "on", "443")]
    public void Build_BehindATrustedProxy_SaysWhatTheClientSees(string scheme, string host, string? https, string port)
    {
        var variables = Build(TestHttpContext.Get("/a.php")
            .WithProxy(IPAddress.Loopback).WithRemoteAddress(IPAddress.Parse("2001:db8::7"), 4711).WithScheme(scheme).WithHost(host)
            .WithHeader("X-Forwarded-For", "2001:db8::7"));
        Assert.Equal(("2001:db8::7", "2001:db8::7", "4711"), (variables["REMOTE_ADDR"], variables["REMOTE_HOST"], variables["REMOTE_PORT"]));
        Assert.Equal((https, scheme, port), (variables.GetValueOrDefault("HTTPS"), variables["REQUEST_SCHEME"], variables["SERVER_PORT"]));
        Assert.Equal(("127.0.0.1", "2001:db8::7"), (variables["SERVER_ADDR"], variables["HTTP_X_FORWARDED_FOR"]));
    }

    [Fact]
    public void Build_FieldsOfAStranger_ArePassedAndNotBelieved()
    {
        var variables = Build(TestHttpContext.Get("/a.php").WithRemoteAddress(IPAddress.Parse("192.0.2.1"), 1234)
            .WithHeader("X-Forwarded-For", "10.0.0.1").WithHeader("X-Forwarded-Proto", "https").WithHeader("Forwarded", "for=10.0.0.1"));
        Assert.Equal(("192.0.2.1", "http", "8080"), (variables["REMOTE_ADDR"], variables["REQUEST_SCHEME"], variables["SERVER_PORT"]));
        Assert.False(variables.ContainsKey("HTTPS"));
        Assert.Equal(("10.0.0.1", "https", "for=10.0.0.1"), (variables["HTTP_X_FORWARDED_FOR"], variables["HTTP_X_FORWARDED_PROTO"], variables["HTTP_FORWARDED"]));
    }

    [Fact]
    public void Build_UnixSocket_HasAnAddressThatIsNone()
    {
        var context = TestHttpContext.Get("/a.php").WithRemoteAddress(null).WithHost("example.com:81");
        context.Connection.LocalAddress = null;
        context.Connection.LocalPort = 0;
        var variables = Build(context);
        Assert.Equal(("unix:", "81"), (variables["REMOTE_ADDR"], variables["SERVER_PORT"]));
        Assert.False(variables.ContainsKey("SERVER_ADDR") || variables.ContainsKey("REMOTE_PORT"));
    }

    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("example.com:8080", "example.com")]
    [InlineData("[::1]:8080", "[::1]")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("", "named.example")]
    public void Build_Host_GivesTheServerName(string host, string expected)
    {
        var context = TestHttpContext.Get("/a.php").WithHost(host)
            .WithVirtualServer(new TestVirtualServer { HostNames = ["*.example", "named.example"] });
        Assert.Equal(expected, Build(context)["SERVER_NAME"]);
    }

    [Theory]
    [InlineData("/a.php?x", "/a.php?x")]
    [InlineData("http://h:1/a%20.php?x", "/a%20.php?x")]
    [InlineData("/a.php?u=http://h/", "/a.php?u=http://h/")]
    public void Build_Target_GivesTheRequestUri(string target, string expected) =>
        Assert.Equal(expected, Build(TestHttpContext.Get(target))["REQUEST_URI"]);

    [Fact]
    public void Build_AfterALocalRedirect_TellsWhereItCameFrom()
    {
        var context = TestHttpContext.Get("/from%20here.php?a=1");
        Redirection.Remember(context);
        var variables = Build(context); // the test's request stays what it was; the server's becomes the other one
        Assert.Equal(("/from here.php", "a=1", "200"), (variables["REDIRECT_URL"], variables["REDIRECT_QUERY_STRING"], variables["REDIRECT_STATUS"]));
        Assert.Equal("/from%20here.php?a=1", variables["REQUEST_URI"]);
    }

    [Fact]
    public void Build_WithoutALocalRedirect_TellsOfNone()
    {
        var variables = Build(TestHttpContext.Get("/a.php"));
        Assert.Empty(variables.Keys.Intersect(["REDIRECT_URL", "REDIRECT_QUERY_STRING"]));
    }

    [Fact]
    public void Build_ValueWithNul_IsRefusedAndNotCutOff()
    {
        var context = TestHttpContext.Get("/a.php");
        context.WithUser(new GenericIdentity("root\0ann", "Basic"));
        var exception = Assert.Throws<Webserv.Abstractions.Http.HttpException>(() => Build(context));
        Assert.Equal(400, exception.StatusCode);
        Assert.Contains("REMOTE_USER", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AuthenticatedUser_IsNamed()
    {
        var context = TestHttpContext.Get("/a.php");
        context.WithUser(new GenericIdentity("ann", "Basic"));
        var variables = Build(context);
        Assert.Equal(("ann", "Basic"), (variables["REMOTE_USER"], variables["AUTH_TYPE"]));
    }

    [Fact]
    public void Build_ConfiguredVariable_WinsOverEveryOther() =>
        Assert.Equal("x", Build(TestHttpContext.Get("/a.php"), null, static options => options.Environment["SERVER_NAME"] = "x")["SERVER_NAME"]);

    private static Dictionary<string, string> Build(TestHttpContext context, long? length = null, Action<CgiOptions>? configure = null)
    {
        var options = new CgiOptions();
        configure?.Invoke(options);
        var own = new OwnEnvironment(static name => name == "PATH" ? "/own/bin" : name == "NOT_SET" ? null : "own " + name);
        return new MetaVariables(own.Passed(options.PassEnvironment), options.Environment, options.PassAuthorization)
            .Build(context, Script, length);
    }
}
