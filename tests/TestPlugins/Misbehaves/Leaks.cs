using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Keeps a megabyte of every request, where only the plugin can find it.</summary>
internal sealed class Leaks : IMiddleware
{
    private static readonly List<byte[]> Kept = [];

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        lock (Kept)
        {
            Kept.Add(GC.AllocateArray<byte>(1 << 20, pinned: true));
        }

        return Task.CompletedTask;
    }
}
