using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Plugins;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Gateway.Processes.Portable;
using Webserv.Plugins.Cgi;

[assembly: WebservPlugin("Webserv.Plugins.Cgi", typeof(CgiPlugin))]

namespace Webserv.Plugins.Cgi;

/// <summary>Offers the middleware <c>Cgi</c>, which runs scripts (RFC 3875).</summary>
public sealed class CgiPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IProcessRunner>(services => PosixSpawnRunner.IsSupported
            ? new PosixSpawnRunner(services.GetRequiredService<IPipeStreams>(), services.GetRequiredService<TimeProvider>())
            : new PortableProcessRunner());
        builder.Services.AddSingleton<DescendantSweep>();
        builder.AddMiddleware<CgiMiddleware, CgiOptions, CgiOptionsValidator>("Cgi");
    }
}
