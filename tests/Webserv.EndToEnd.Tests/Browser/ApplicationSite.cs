using System.Buffers.Binary;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Browser;

/// <summary>An application with one page, as a build tool leaves it: hashed names, a font, a service worker, and a film.</summary>
internal sealed class ApplicationSite : IAsyncDisposable
{
    /// <summary>How long the film is, in seconds; some 26 MB.</summary>
    public const int FilmSeconds = 300;

    private const int SamplesPerSecond = 44_100;

    private readonly ServerFolder _folder;

    private ApplicationSite(ServerFolder folder, ServerProcess server)
    {
        _folder = folder;
        Server = server;
    }

    public ServerProcess Server { get; }

    /// <summary>Starts a server with the application.</summary>
    public static async Task<ApplicationSite> StartAsync()
    {
        var folder = new ServerFolder();
        folder.Write("www/index.html", """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Application</title>
            <link rel="icon" href="data:,"><link rel="stylesheet" href="/assets/app.5f2c9a01.css">
            <h1>Webserv</h1><nav><a href="/items/1">first</a> <a href="/items/2">second</a></nav><main></main>
            <script type="module" src="/assets/app.0b77e3d4.js"></script></html>
            """);
        folder.Write("www/assets/app.5f2c9a01.css", """
            @font-face { font-family: Lettering; src: url(/assets/lettering.9c41d7aa.woff2) format("woff2"); }
            h1 { font-family: Lettering, monospace; }
            """);
        folder.Write("www/assets/app.0b77e3d4.js", """
            const show = () => { document.querySelector("main").textContent = "page " + location.pathname; };
            document.querySelector("nav").addEventListener("click", event => {
              event.preventDefault();
              history.pushState(null, "", event.target.href);
              show();
            });
            addEventListener("popstate", show);
            show();
            """);
        folder.Write("www/worker.js", """
            addEventListener("install", event => event.waitUntil(caches.open("1").then(cache => cache.addAll(
              ["/", "/assets/app.5f2c9a01.css", "/assets/app.0b77e3d4.js", "/assets/lettering.9c41d7aa.woff2"])).then(() => skipWaiting())));
            addEventListener("activate", event => event.waitUntil(clients.claim()));
            addEventListener("fetch", event => event.respondWith(
              fetch(event.request).catch(() => caches.match(event.request.mode === "navigate" ? "/" : event.request))));
            """);
        folder.Write("www/assets/lettering.9c41d7aa.woff2", await File.ReadAllBytesAsync(
            Path.Combine(AppContext.BaseDirectory, "Browser", "Data", "lettering.woff2"), TestContext.Current.CancellationToken));
        folder.Write("www/film.wav", MakeFilm());
        folder.Write("www/film.html", """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Film</title><link rel="icon" href="data:,">
            <video src="/film.wav" controls preload="metadata"></video></html>
            """);
        folder.Configure("""
            { "Webserv": { "VirtualServers": [ {
                "Listen": [ "http://127.0.0.1:0" ],
                "Root": "www",
                "Pipeline": [ { "Use": "StaticFiles", "Options": {
                    "Fallback": "/index.html",
                    "CacheRules": [
                        { "Match": ["/assets/*"], "CacheControl": "public, max-age=31536000, immutable" },
                        { "Match": ["*.html", "worker.js"], "CacheControl": "no-cache" } ] } } ] } ] } }
            """);
        try
        {
            return new ApplicationSite(folder, await ServerProcess.StartAsync(folder, 1));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Sound without pictures, which a browser plays as a film and seeks in by ranges: a form that needs no encoder.</summary>
    private static byte[] MakeFilm()
    {
        const int HeadLength = 44;
        var film = new byte[HeadLength + (FilmSeconds * SamplesPerSecond * 2)];
        "RIFF\0\0\0\0WAVEfmt \u0010\0\0\0\u0001\0\u0001\0"u8.CopyTo(film);
        BinaryPrimitives.WriteInt32LittleEndian(film.AsSpan(4), film.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(film.AsSpan(24), SamplesPerSecond);
        BinaryPrimitives.WriteInt32LittleEndian(film.AsSpan(28), SamplesPerSecond * 2);
        BinaryPrimitives.WriteInt16LittleEndian(film.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(film.AsSpan(34), 16);
        "data"u8.CopyTo(film.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(film.AsSpan(40), film.Length - HeadLength);
        return film;
    }
}
