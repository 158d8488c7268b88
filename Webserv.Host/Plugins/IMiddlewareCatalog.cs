namespace Webserv.Host.Plugins;

/// <summary>The middleware that the loaded plugins offer; what the pipeline builder sees of them.</summary>
internal interface IMiddlewareCatalog
{
    /// <summary>All names, in order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The ids of plugins that could not be loaded. Entries that use a middleware nobody offers answer 503 where there are any.</summary>
    IReadOnlyList<string> FailedPlugins { get; }

    /// <summary>Finds a middleware by its name, ignoring case; <see langword="null"/> where no plugin offers it.</summary>
    IMiddlewareRegistration? Find(string name);
}
