using Webserv.Abstractions.Configuration;
using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;
using Webserv.Host.Proxies;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Protocol;

/// <summary>What the rows talk to; described in <c>Tables/README.md</c>.</summary>
internal static class ConformanceSite
{
    public const int MaxBody = 1000;

    public static void Configure(ServerSetup setup)
    {
        setup.MaxRequestBodySize = MaxBody;
        setup.Limits.MaxRequestLineSize = 400;
        setup.Limits.MaxRequestHeadSize = 2000;
        setup.Limits.MaxRequestFields = 20;
        setup.Limits.MaxDrainSize = 500;

        // The clients are a proxy that may say which scheme was asked for.
        setup.Proxies = new ProxiesOptions { TrustedNetworks = new NetworkSet([ThisMachine()], includesUnix: false) };

        // Nothing here is about time, and a busy machine is slow.
        setup.Limits.RequestHeadTimeout = setup.Limits.RequestBodyTimeout = TimeSpan.FromMinutes(5);
        setup.Map("/echo", EchoAsync);
        setup.Map("/length", (context, cancellation) => context.Response.WriteTextAsync($"{context.Request.ContentLength?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"}", cancellation: cancellation));
        setup.Map("/trailers", TrailersAsync);
        setup.Map("/fields", FieldsAsync);
        setup.Map("/stream", StreamAsync);
        setup.Map("/close", (context, _) =>
        {
            context.Response.Headers["Connection"] = "close";
            return Task.CompletedTask;
        });
        setup.Map("/upgrade", (_, _) => throw new HttpException(426, "another protocol") { Headers = { ["Upgrade"] = "x/2" } });
        foreach (var status in new[] { 200, 204, 205, 304 })
        {
            setup.Map($"/status/{status}", async (context, cancellation) =>
            {
                context.Response.StatusCode = status;
                await context.Response.Body.WriteAsync("body"u8.ToArray(), cancellation);
            });
        }

        setup.Add(setup.Entry((_, _, _) => throw new HttpException(StatusCodes.Forbidden, "guarded"), new WhenOptions { Path = ["/guarded"], Methods = ["GET"] }));
        var only = setup.Entry(
            (context, _, cancellation) => context.Response.WriteTextAsync(context.Request.Method, cancellation: cancellation),
            new WhenOptions { Path = ["/only"] });
        setup.Add(new PipelineEntryOptions
        {
            ConfigurationPath = only.ConfigurationPath,
            Use = only.Use,
            When = only.When,
            AllowedMethods = ["GET", "PUT"],
        });
        setup.Use((context, next, cancellation) => context.Request.Path switch
        {
            "/missing" => next(context, cancellation),
            "/get" when !HttpMethods.IsGetOrHead(context.Request.Method) => PassAsync(context, next, cancellation, HttpMethods.Get, HttpMethods.Head),
            "/post" when context.Request.Method != HttpMethods.Post => PassAsync(context, next, cancellation, HttpMethods.Post),
            _ when !HttpMethods.IsKnown(context.Request.Method) => next(context, cancellation),
            _ => context.Response.WriteTextAsync(
                $"{context.Request.Method} {context.Request.Path} {context.Request.Query} {context.Request.Host}", cancellation: cancellation),
        });
    }

    private static Network ThisMachine() => Network.Parse("127.0.0.1", out var network) is null ? network : throw new FormatException();

    private static Task PassAsync(
        IHttpContext context, Webserv.Abstractions.Pipeline.RequestDelegate next, CancellationToken cancellation, params string[] methods)
    {
        context.GetFeature<IAllowedMethodsFeature>()!.Add(methods);
        return next(context, cancellation);
    }

    private static Task FieldsAsync(IHttpContext context, CancellationToken cancellation)
    {
        var fields = context.Request.Headers;
        return context.Response.WriteTextAsync(
            $"{fields.Count} {fields.Contains("host")} {fields["HOST"]} {string.Join(' ', fields.Select(field => $"{field.Key}={field.Value}"))}", cancellation: cancellation);
    }

    private static Task EchoAsync(IHttpContext context, CancellationToken cancellation) =>
        context.Request.Body.CopyToAsync(context.Response.Body, cancellation);

    private static async Task StreamAsync(IHttpContext context, CancellationToken cancellation)
    {
        await context.Response.Body.WriteAsync("one"u8.ToArray(), cancellation);
        await context.Response.Body.FlushAsync(cancellation);
        await context.Response.Body.WriteAsync("two"u8.ToArray(), cancellation);
    }

    private static async Task TrailersAsync(IHttpContext context, CancellationToken cancellation)
    {
        var feature = context.GetFeature<IRequestTrailersFeature>()!;
        var before = feature.AreAvailable;
        await context.Request.Body.CopyToAsync(Stream.Null, cancellation);
        await context.Response.WriteTextAsync(
            $"{before} {feature.AreAvailable} {string.Join(' ', feature.Trailers.Select(field => $"{field.Key}={field.Value}"))}", cancellation: cancellation);
    }
}
