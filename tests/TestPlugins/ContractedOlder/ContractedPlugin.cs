using System.Text;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("Contracted", typeof(Webserv.TestPlugins.Contracted.ContractedPlugin))]

namespace Webserv.TestPlugins.Contracted;

/// <summary>Uses all of the contract that it was built against.</summary>
public sealed class ContractedPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<Contracted>("Contracted");

    private sealed class Contracted : IMiddleware
    {
        public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
        {
            if (context.Request.Method != "GET" || context.GetFeature<Contracted>() is not null)
            {
                await next(context, cancellation);
                return;
            }

            context.Response.StatusCode = 203;
            context.Response.Headers["Content-Type"] = "text/plain";
            var text = $"{context.Request.Path} for {context.Request.Headers["Host"]}, {context.Request.Headers.Count()} fields";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
        }
    }
}
