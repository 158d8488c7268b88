using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Gateway.Processes;
using Webserv.Plugins.FastCgi.Workers;

namespace Webserv.Plugins.FastCgi;

/// <summary>
/// Runs PHP sites: <c>.php</c> scripts and <c>index.php</c>, by php-fpm or php-cgi, which the server starts and supervises,
/// or by a php-fpm that runs elsewhere. Requests for anything else go on to the next entry.
/// </summary>
[NonBlocking(ReleasesContext = true)]
internal sealed class PhpMiddleware : ServiceMiddleware
{
    private readonly ILogger _logger;
    private readonly string _entry;
    private readonly PhpProgram? _program;

    public PhpMiddleware(
        IOptions<PhpOptions> options,
        IPipelineEntry entry,
        IOpenFileCache files,
        IPipeStreams streams,
        IProcessRunner runner,
        TimeProvider time,
        ILogger<PhpMiddleware> logger)
        : this(new ServiceParts(entry, files, streams, runner, time, logger), options.Value, options.Value.AllAddresses.Any() ? null : new PhpProgram(options.Value, entry))
    {
    }

    private PhpMiddleware(ServiceParts parts, PhpOptions options, PhpProgram? program)
        : base(Service.CreatePhp(parts, options, program?.Create()))
    {
        _logger = parts.Logger;
        _entry = parts.Entry.ConfigurationPath;
        _program = program;
    }

    public override Task InitializeAsync(CancellationToken cancellation)
    {
        if (_program is { IsInstalled: false })
        {
            // No error of configuration: the rest of the site runs.
            Log.PhpMissing(_logger, _entry, _program.Wanted, _program.SearchPath);
        }

        return base.InitializeAsync(cancellation);
    }
}
