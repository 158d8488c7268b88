using Newtonsoft.Json;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("DependsOnNewJson", typeof(Webserv.TestPlugins.DependsOnNewJson.DependsOnNewJsonPlugin))]

namespace Webserv.TestPlugins.DependsOnNewJson;

/// <summary>Offers a middleware that answers with the version of the library it sees.</summary>
public sealed class DependsOnNewJsonPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<JsonVersion>("DependsOnNewJson");

    private sealed class JsonVersion : IMiddleware
    {
        public override string ToString() => typeof(JsonConvert).Assembly.GetName().Version!.ToString();

        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);
    }
}
