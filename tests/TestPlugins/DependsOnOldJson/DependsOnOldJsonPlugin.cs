using Newtonsoft.Json;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("DependsOnOldJson", typeof(Webserv.TestPlugins.DependsOnOldJson.DependsOnOldJsonPlugin))]

namespace Webserv.TestPlugins.DependsOnOldJson;

/// <summary>Offers a middleware that answers with the version of the library it sees.</summary>
public sealed class DependsOnOldJsonPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<JsonVersion>("DependsOnOldJson");

    private sealed class JsonVersion : IMiddleware
    {
        public override string ToString() => typeof(JsonConvert).Assembly.GetName().Version!.ToString();

        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);
    }
}
