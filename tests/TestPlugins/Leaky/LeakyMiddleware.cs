using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Leaky;

/// <summary>Answers, and leaves something behind.</summary>
public sealed class LeakyMiddleware(IOptions<LeakyOptions> options) : IMiddleware
{
    /// <inheritdoc/>
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        switch (options.Value.Leak)
        {
            case Leak.Event:
                AppDomain.CurrentDomain.ProcessExit += OnExit;
                break;
            case Leak.Timer:
                _ = WaitAsync();
                break;
            case Leak.Serializer:
                _ = JsonSerializer.Serialize(options.Value);
                break;
            case Leak.Meter:
                _ = new Meter("leaky").CreateObservableGauge("leaky", () => options.Value.GetHashCode());
                break;
            case Leak.Thread:
                new Thread(Hang) { IsBackground = true }.Start();
                break;
        }

        return context.Response.WriteTextAsync("done", cancellation: cancellation);
    }

    private static void Hang()
    {
        while (true)
        {
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private async Task WaitAsync()
    {
        await Task.Delay(TimeSpan.FromHours(1)).ConfigureAwait(false);
        GC.KeepAlive(this);
    }

    private void OnExit(object? sender, EventArgs args) => GC.KeepAlive(this);
}
