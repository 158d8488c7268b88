using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;
using Webserv.Testing.Files;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.Uploads.Tests;

/// <summary>The plugin at <c>/up/*</c> over a directory of its own.</summary>
internal sealed class UploadSite : IAsyncDisposable
{
    private readonly DirectoryInfo _outer = System.IO.Directory.CreateTempSubdirectory("webserv-uploads-");
    private readonly string? _mounted;
    private PluginHost _host = null!;

    private UploadSite(string? directory)
    {
        _mounted = directory;
        Directory = directory ?? Path.Combine(_outer.FullName, "var", "up");
    }

    public string Directory { get; }

    public string Outer => _outer.FullName;

    public IMiddleware Middleware => _host.Pipeline[0];

    public PluginHost Host => _host;

    /// <summary>Every file below the directory, hidden ones too; links are neither listed nor followed.</summary>
    public string[] Files =>
        [.. System.IO.Directory.EnumerateFiles(Directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(path => Path.GetRelativePath(Directory, path)).Order(StringComparer.Ordinal)];

    /// <summary>What the open-file cache was told, relative to the directory.</summary>
    public string[] Invalidated =>
        [.. ((TestFileCache)_host.Services.GetRequiredService<IOpenFileCache>()).Invalidated.Select(path => Path.GetRelativePath(Directory, path))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<UploadSite> CreateAsync(Action<UploadsOptions>? configure = null, string? directory = null, Func<UploadSite, IOpenFileCache>? files = null)
    {
        var site = new UploadSite(directory);
        site._host = await PluginHost.CreateAsync<UploadsPlugin>(
            services =>
            {
                if (files is not null)
                {
                    services.AddSingleton(files(site));
                }
            },
            cancellation: Cancellation);
        try
        {
            await site._host.UseAsync<UploadsOptions>(
                "Uploads",
                options =>
                {
                    options.Directory = site.Directory;
                    configure?.Invoke(options);
                },
                new TestPipelineEntry { MatchPath = "/up/*" },
                Cancellation);
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }

        return site;
    }

    public static string Form(params (string Disposition, string Content)[] parts)
    {
        var form = new StringBuilder();
        foreach (var (disposition, content) in parts)
        {
            form.Append("--b\r\nContent-Disposition: form-data; ").Append(disposition).Append("\r\nContent-Type: text/plain\r\n\r\n").Append(content).Append("\r\n");
        }

        return form.Append("--b--\r\n").ToString();
    }

    public static string FormOfFile(string name, string content) => Form(($"name=\"f\"; filename=\"{name}\"", content));

    public Task<TestHttpResponse> SendAsync(TestHttpContext context) => _host.SendAsync(context, Cancellation);

    public Task<TestHttpResponse> PutAsync(string target, string content) =>
        SendAsync(TestHttpContext.Put(target).WithBody(content));

    public Task<TestHttpResponse> PostAsync(string target, string form, string accept = "*/*") =>
        SendAsync(TestHttpContext.Post(target).WithBody(form, "multipart/form-data; boundary=b").WithHeader("Accept", accept));

    public string Read(string name) => File.ReadAllText(Path.Combine(Directory, name));

    public void Write(string name, string content)
    {
        var path = Path.Combine(Directory, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _outer.Delete(recursive: true);
        if (_mounted is not null && System.IO.Directory.Exists(_mounted))
        {
            foreach (var file in System.IO.Directory.EnumerateFiles(_mounted))
            {
                File.Delete(file);
            }
        }
    }
}
