using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Good;

/// <summary>Has options and knows its entry.</summary>
internal sealed class Greeter(IOptions<GreeterOptions> options, IPipelineEntry entry) : IMiddleware
{
    public override string ToString() => $"{options.Value.Greeting} from {entry.ConfigurationPath}";

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);
}
