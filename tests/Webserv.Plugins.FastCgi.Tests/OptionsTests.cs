using Webserv.Testing.Plugins;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>What is wrong with options is found, all of it at once.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("127.0.0.1:9000")]
    [InlineData("[::1]:9000")]
    [InlineData("php.internal:9000")]
    [InlineData("unix:/run/php/php-fpm.sock")]
    [InlineData("unix:run/php.sock")]
    public async Task FastCgi_GoodAddress_IsFine(string address)
    {
        await using var host = await PluginHost.CreateAsync<FastCgiPlugin>(cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(host.Validate<FastCgiOptions>("FastCgi", options => options.Address = address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("9000")]
    [InlineData(":9000")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("::1:9000")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("ho st:80")]
    [InlineData("unix:")]
    [InlineData("http://a:80")]
    public async Task FastCgi_BadAddress_IsNamed(string address)
    {
        await using var host = await PluginHost.CreateAsync<FastCgiPlugin>(cancellation: TestContext.Current.CancellationToken);
        Assert.StartsWith("Address: ", Assert.Single(host.Validate<FastCgiOptions>("FastCgi", options => options.Address = address)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FastCgi_EverythingWrong_IsNamedAtOnce()
    {
        await using var host = await PluginHost.CreateAsync<FastCgiPlugin>(cancellation: TestContext.Current.CancellationToken);
        var failures = host.Validate<FastCgiOptions>("FastCgi", static options =>
        {
            options.Addresses = ["x", "a:1", "a:1"];
            options.Command = "\"a";
            options.RequestsPerWorker = 0;
            options.MaxConnections = 0;
            options.Extensions = ["php"];
            options.FrontController = "index.php";
            options.Index = ["a/b"];
            options.BackendRoot = "var";
            options.ConnectTimeout = TimeSpan.Zero;
            options.Timeout = TimeSpan.Zero;
            options.TotalTimeout = TimeSpan.Zero;
            options.KillGrace = TimeSpan.FromHours(1);
            options.MaxHeaderSize = 1;
            options.QueueLength = -1;
            options.QueueTimeout = TimeSpan.FromSeconds(-1);
            options.SpoolMemory = 1L << 40;
            options.Environment["A=B"] = "";
            options.PassEnvironment = [""];
            options.Workers = 0;
            options.MaxRequests = -1;
            options.StartTimeout = TimeSpan.Zero;
            options.KeepAliveTimeout = TimeSpan.FromSeconds(-1);
            options.SendFileRoots["protected"] = "";
            options.SendFileDirectories = [""];
            options.Limits.Umask = "9";
        });
        Assert.Equal(
            [
                "Addresses", "Addresses", "BackendRoot", "Command", "Command", "ConnectTimeout", "Environment", "Extensions", "FrontController", "Index",
                "KeepAliveTimeout", "KillGrace", "Limits", "Limits", "MaxConnections", "MaxHeaderSize", "MaxRequests", "PassEnvironment", "QueueLength", "QueueTimeout",
                "RequestsPerWorker", "SendFileDirectories", "SendFileRoots", "SendFileRoots", "SpoolMemory", "StartTimeout", "Timeout", "TotalTimeout", "Workers",
            ],
            failures.Select(static failure => failure.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FastCgi_NoBackend_IsNamed()
    {
        await using var host = await PluginHost.CreateAsync<FastCgiPlugin>(cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("Command", Assert.Single(host.Validate<FastCgiOptions>("FastCgi", static _ => { })), StringComparison.Ordinal);
        Assert.Contains("Command", Assert.Single(host.Validate<ScgiOptions>("Scgi", static _ => { })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FastCgi_FrontControllerWithoutExtensions_IsNamed()
    {
        await using var host = await PluginHost.CreateAsync<FastCgiPlugin>(cancellation: TestContext.Current.CancellationToken);
        var failures = host.Validate<FastCgiOptions>("FastCgi", static options =>
            (options.Address, options.FrontController, options.Index) = ("a:1", "/index.php", ["index.php"]));
        Assert.Equal(["FrontController", "Index"], failures.Select(static failure => failure.Split(':')[0]));
    }

    [Fact]
    public async Task Php_Defaults_AreFineAndMistakesAreNamed()
    {
        await using var host = await PluginHost.CreateAsync<FastCgiPlugin>(cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(host.Validate<PhpOptions>("Php", static options => options.FrontController = "/index.php"));
        var failures = host.Validate<PhpOptions>("Php", static options =>
        {
            options.Program = "python3";
            options.Settings["a b"] = "";
            options.Settings["memory_limit"] = "1\n2";
        });
        Assert.Equal(["Program", "Settings", "Settings"], failures.Select(static failure => failure.Split(':')[0]));
        failures = host.Validate<PhpOptions>("Php", static options => (options.Address, options.Program, options.Settings["a"]) = ("a:1", "php-cgi", "b"));
        Assert.Equal(["Program", "Settings"], failures.Select(static failure => failure.Split(':')[0]));
    }
}
