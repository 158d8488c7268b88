using System.CommandLine;
using System.Reflection;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("HostsLibrary", typeof(Webserv.TestPlugins.HostsLibrary.HostsLibraryPlugin))]

namespace Webserv.TestPlugins.HostsLibrary;

/// <summary>Offers a middleware that answers with the version of the library it sees.</summary>
public sealed class HostsLibraryPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<LibraryVersion>("HostsLibrary");

    private sealed class LibraryVersion : IMiddleware
    {
        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
            context.Response.WriteTextAsync(
                typeof(RootCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion, cancellation: cancellation);
    }
}
