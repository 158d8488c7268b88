using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Plugins;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Gateway.Processes.Portable;
using Webserv.Plugins.FastCgi;

[assembly: WebservPlugin("Webserv.Plugins.FastCgi", typeof(FastCgiPlugin))]

namespace Webserv.Plugins.FastCgi;

/// <summary>Offers the middleware <c>FastCgi</c> and <c>Scgi</c>, which talk to programs, and <c>Php</c>, which runs PHP sites.</summary>
public sealed class FastCgiPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IProcessRunner>(services => PosixSpawnRunner.IsSupported
            ? new PosixSpawnRunner(services.GetRequiredService<IPipeStreams>(), services.GetRequiredService<TimeProvider>())
            : new PortableProcessRunner());
        builder.AddMiddleware<FastCgiMiddleware, FastCgiOptions, FastCgiOptionsValidator>("FastCgi");
        builder.AddMiddleware<ScgiMiddleware, ScgiOptions, ScgiOptionsValidator>("Scgi");
        builder.AddMiddleware<PhpMiddleware, PhpOptions, PhpOptionsValidator>("Php");
    }
}
