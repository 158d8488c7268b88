using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.IO;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.Cgi.Tests.Fixtures;

/// <summary>A temporary directory with scripts and the plugin that runs them.</summary>
internal sealed class ScriptSite : IAsyncDisposable
{
    private readonly PluginHost _host;

    private ScriptSite(string root, PluginHost host, CgiMiddleware middleware)
    {
        Root = root;
        _host = host;
        Middleware = middleware;
    }

    public string Root { get; }

    public CgiMiddleware Middleware { get; }

    public IReadOnlyList<string> Log => [.. _host.Log.Entries.Select(static entry => entry.Message)];

    /// <summary>Runs <c>.sh</c> with sh, <c>.py</c> with python3, <c>.php</c> with php-cgi, <c>.cgi</c> by itself.</summary>
    public static async Task<ScriptSite> CreateAsync(
        Action<CgiOptions>? configure = null, TimeProvider? time = null, Action<IServiceCollection>? services = null)
    {
        var root = Directory.CreateTempSubdirectory("cgi-tests-").FullName;
        var host = await PluginHost.CreateAsync<CgiPlugin>(
            collection =>
            {
                collection.AddSingleton<IPipeStreams>(new PollStreams());
                services?.Invoke(collection);
            },
            time);
        var middleware = (CgiMiddleware)await host.UseAsync<CgiOptions>(
            "Cgi",
            options =>
            {
                options.Interpreters[".sh"] = "/bin/sh";
                options.Interpreters[".py"] = Tool("/usr/bin/python3", "python3");
                options.Interpreters[".cgi"] = "";
                configure?.Invoke(options);
            },
            new TestPipelineEntry { Root = root });
        return new ScriptSite(root, host, middleware);
    }

    /// <summary>The path of a program these tests cannot do without.</summary>
    public static string Tool(string path, string package)
    {
        Assert.True(File.Exists(path), $"{path} is missing: apt-get install -y {package}");
        return path;
    }

    public string Write(string name, string text, bool executable = false)
    {
        var path = Path.Join(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (executable && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    /// <summary>Lets everybody read and execute a file or directory.</summary>
    public static void Permit(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }

    public Task<TestHttpResponse> SendAsync(TestHttpContext context) =>
        context.SendAsync(Middleware, TestContext.Current.CancellationToken);

    public async Task<string> GetAsync(string target) => (await SendAsync(TestHttpContext.Get(target))).BodyText;

    /// <summary>Ends when every script is reaped.</summary>
    public Task AllEndedAsync() => Middleware.WhenAllEndedAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
