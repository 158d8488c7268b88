using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Webserv.Host.Logging;

/// <summary>The log of the server: lines on standard error, so that standard output holds nothing but the ready lines.</summary>
internal static class HostLogging
{
    /// <summary>Makes the loggers.</summary>
    /// <param name="configuration">The whole configuration; its section <c>Logging</c> sets levels in Microsoft's convention.</param>
    public static ILoggerFactory Create(IConfiguration configuration) => LoggerFactory.Create(logging =>
    {
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fffzzz ";
        });
        EscapeWhatFormattersWrite(logging.Services);
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;

            // A terminal or pipe that nobody reads must not hold an event loop: the log loses lines, and says how many.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
    });

    /// <summary>Puts an <see cref="EscapingConsoleFormatter"/> around each formatter; it has the same name.</summary>
    private static void EscapeWhatFormattersWrite(IServiceCollection services)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is { ServiceType: { } service, ImplementationType: { } formatter } && service == typeof(ConsoleFormatter))
            {
                services[i] = ServiceDescriptor.Singleton<ConsoleFormatter>(
                    provider => new EscapingConsoleFormatter((ConsoleFormatter)ActivatorUtilities.CreateInstance(provider, formatter)));
            }
        }
    }
}
