using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("Contracted", typeof(Webserv.TestPlugins.Contracted.ContractedPlugin))]

namespace Webserv.TestPlugins.Contracted;

/// <summary>Uses a type and a member that came later. Its versions do not tell.</summary>
public sealed class ContractedPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<Contracted>("Contracted");

    private sealed class Contracted : IMiddleware
    {
        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
            context.Response.WriteTextAsync(context.VirtualServer.Region + context.Request.Headers[Cookies.FieldName], cancellation: cancellation);
    }
}
