using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.FastCgi.Tests.Fixtures;

/// <summary>A temporary directory and one of the plugin's middleware over it.</summary>
internal sealed class GatewaySite : IAsyncDisposable
{
    private readonly PluginHost _host;
    private readonly IMiddleware _middleware;

    private GatewaySite(string root, PluginHost host, IMiddleware middleware)
    {
        Root = root;
        _host = host;
        _middleware = middleware;
    }

    public string Root { get; }

    public Service Service => _middleware switch
    {
        FastCgiMiddleware fastCgi => fastCgi.Service,
        ScgiMiddleware scgi => scgi.Service,
        var php => ((PhpMiddleware)php).Service,
    };

    public IMiddleware Middleware => _middleware;

    public IReadOnlyList<string> Log => [.. _host.Log.Entries.Select(static entry => entry.Message)];

    /// <summary>FastCgi for everything, at an address.</summary>
    public static Task<GatewaySite> FastCgiAsync(FakeProgram program, Action<FastCgiOptions>? configure = null, TimeProvider? time = null) =>
        FastCgiAsync(
            options =>
            {
                options.Address = program.Address;
                configure?.Invoke(options);
            },
            time);

    public static Task<GatewaySite> FastCgiAsync(Action<FastCgiOptions> configure, TimeProvider? time = null) => CreateAsync("FastCgi", configure, time);

    public static Task<GatewaySite> ScgiAsync(Action<ScgiOptions> configure) => CreateAsync("Scgi", configure);

    public static Task<GatewaySite> PhpAsync(string program, Action<PhpOptions>? configure = null) => CreateAsync<PhpOptions>(
        "Php",
        options =>
        {
            options.Program = program;
            configure?.Invoke(options);
        });

    public string Write(string name, string text)
    {
        var path = Path.Join(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public Task<TestHttpResponse> SendAsync(TestHttpContext context) => context.SendAsync(_middleware, TestContext.Current.CancellationToken);

    /// <summary>Sends a request of a client that may leave.</summary>
    public Task<TestHttpResponse> SendForAsync(TestHttpContext context, CancellationToken client) => context.SendAsync(_middleware, client);

    public Task<TestHttpResponse> GetAsync(string target) => SendAsync(TestHttpContext.Get(target));

    public async Task<string> GetTextAsync(string target)
    {
        var response = await GetAsync(target);
        Assert.True(response.StatusCode == 200, $"{target}: {response.StatusCode}\n{string.Join('\n', Log)}");
        return response.BodyText;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    private static async Task<GatewaySite> CreateAsync<TOptions>(string name, Action<TOptions> configure, TimeProvider? time = null)
        where TOptions : class, new()
    {
        var root = Directory.CreateTempSubdirectory("fastcgi-tests-").FullName;
        var host = await PluginHost.CreateAsync<FastCgiPlugin>(static services => services.AddSingleton<IPipeStreams>(new PollStreams()), time);
        return new GatewaySite(root, host, await host.UseAsync(name, configure, new TestPipelineEntry { Root = root }));
    }
}
