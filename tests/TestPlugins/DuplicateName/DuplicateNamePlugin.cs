using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("DuplicateName", typeof(Webserv.TestPlugins.DuplicateName.DuplicateNamePlugin))]

namespace Webserv.TestPlugins.DuplicateName;

/// <summary>Offers a middleware under the name of one that another plugin offers.</summary>
public sealed class DuplicateNamePlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<Nothing>("dependsonnewjson");

    private sealed class Nothing : IMiddleware
    {
        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);
    }
}
