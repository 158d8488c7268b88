// A contract as it may have been once: fewer types, fewer members, the same ABI. It stays as it is: a plugin that was built against it is to be
// served by every later server of that ABI. All in one file, since it is a thing of the past and nobody looks for a type of it.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Webserv.Abstractions.Http
{
    /// <summary>A request and its response.</summary>
    public interface IHttpContext
    {
        /// <summary>The request.</summary>
        IHttpRequest Request { get; }

        /// <summary>The response.</summary>
        IHttpResponse Response { get; }

        /// <summary>What else there is.</summary>
        TFeature? GetFeature<TFeature>()
            where TFeature : class;
    }

    /// <summary>What was asked.</summary>
    public interface IHttpRequest
    {
        /// <summary>The method.</summary>
        string Method { get; }

        /// <summary>The path.</summary>
        string Path { get; }

        /// <summary>The fields.</summary>
        IHeaderCollection Headers { get; }
    }

    /// <summary>What is answered.</summary>
    public interface IHttpResponse
    {
        /// <summary>The status.</summary>
        int StatusCode { get; set; }

        /// <summary>The fields.</summary>
        IHeaderCollection Headers { get; }

        /// <summary>The body.</summary>
        Stream Body { get; }
    }

    /// <summary>Fields.</summary>
    public interface IHeaderCollection : IEnumerable<KeyValuePair<string, StringValues>>
    {
        /// <summary>A field.</summary>
        StringValues this[string name] { get; set; }
    }
}

namespace Webserv.Abstractions.Pipeline
{
    /// <summary>What is behind a middleware.</summary>
    public delegate Task RequestDelegate(Http.IHttpContext context, CancellationToken cancellation);

    /// <summary>Answers requests, or passes them on.</summary>
    public interface IMiddleware
    {
        /// <summary>Answers.</summary>
        Task InvokeAsync(Http.IHttpContext context, RequestDelegate next, CancellationToken cancellation);
    }
}

namespace Webserv.Abstractions.Plugins
{
    /// <summary>The entry point.</summary>
    public interface IPlugin
    {
        /// <summary>Registers.</summary>
        void Configure(IPluginBuilder builder);
    }

    /// <summary>What a plugin registers with.</summary>
    public interface IPluginBuilder
    {
        /// <summary>The services.</summary>
        IServiceCollection Services { get; }

        /// <summary>Offers a middleware.</summary>
        IPluginBuilder AddMiddleware<TMiddleware>(string name)
            where TMiddleware : class, Pipeline.IMiddleware;

        /// <summary>Offers a middleware with options.</summary>
        IPluginBuilder AddMiddleware<TMiddleware, TOptions, TValidator>(string name)
            where TMiddleware : class, Pipeline.IMiddleware
            where TOptions : class, new()
            where TValidator : class, IValidateOptions<TOptions>, new();
    }

    /// <summary>The version.</summary>
    public static class WebservAbi
    {
        /// <summary>The current one.</summary>
        public const int Current = 1;
    }

    /// <summary>Marks a plugin.</summary>
    [AttributeUsage(AttributeTargets.Assembly)]
    public sealed class WebservPluginAttribute(string id, Type pluginType, int abi = WebservAbi.Current) : Attribute
    {
        /// <summary>The id.</summary>
        public string Id { get; } = id;

        /// <summary>The entry point.</summary>
        public Type PluginType { get; } = pluginType;

        /// <summary>The ABI.</summary>
        public int Abi { get; } = abi;
    }
}
