using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Plugins;
using Webserv.Plugins.Cgi;
using Webserv.Plugins.Cgi.Processes;
using Webserv.Plugins.Cgi.Processes.Linux;
using Webserv.Plugins.Cgi.Processes.Portable;

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
        builder.AddMiddleware<CgiMiddleware, CgiOptions, CgiOptionsValidator>("Cgi");
    }
}
