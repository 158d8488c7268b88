using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Webserv.Host.Plugins;

namespace Webserv.Host.Server;

/// <summary>
/// Says whose fault it is when an exception that nothing catches is about to end the process: one on a thread or timer of a plugin, or
/// in <c>async void</c>. Nothing can keep the runtime from it; the log at least names the plugin.
/// </summary>
internal sealed class LastWords : IDisposable
{
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;

    /// <summary>Listens until it is disposed.</summary>
    /// <param name="loggers">The loggers; given up when the process ends, so that what they hold is written.</param>
    public LastWords(ILoggerFactory loggers)
    {
        _loggers = loggers;
        _logger = loggers.CreateLogger("Webserv");
        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        TaskScheduler.UnobservedTaskException += OnUnobserved;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandled;
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
    }

    /// <summary>What is written before the process is lost.</summary>
    internal void Say(Exception exception, string thread)
    {
        if (PluginOrigin.Of(exception) is { } plugin)
        {
            Log.PluginEndsProcess(_logger, plugin, thread, exception);
        }
        else
        {
            Log.ProcessEnds(_logger, thread, exception);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The process ends in any case, and the runtime prints the first exception itself.")]
    private void OnUnhandled(object sender, UnhandledExceptionEventArgs arguments)
    {
        try
        {
            Say(arguments.ExceptionObject as Exception ?? new InvalidOperationException($"{arguments.ExceptionObject}"), Describe(Thread.CurrentThread));

            // The console's loggers write on a thread of their own, which is waited for here.
            _loggers.Dispose();
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"webserv: the log could not be written: {exception.Message}");
        }
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs arguments)
    {
        if (PluginOrigin.Of(arguments.Exception.InnerException) is { } plugin)
        {
            Log.PluginTaskFailed(_logger, plugin, arguments.Exception);
        }
    }

    private static string Describe(Thread thread) =>
        thread.Name ?? (thread.IsThreadPoolThread ? "a thread of the pool" : $"thread {thread.ManagedThreadId}");
}
