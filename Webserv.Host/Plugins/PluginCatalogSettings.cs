using Webserv.Host.Plugins.Versions;

namespace Webserv.Host.Plugins;

/// <summary>How plugins are loaded; the defaults are those of the running server.</summary>
internal sealed record PluginCatalogSettings
{
    /// <summary>The directory of the program, whose <c>plugins/</c> is looked in first.</summary>
    public string ProgramDirectory { get; init; } = AppContext.BaseDirectory;

    /// <summary>Where private copies are kept; <see langword="null"/> for the user's cache directory.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>How long the code of a plugin may take to configure or initialise itself before it is given up.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the clean-up of a plugin may take before it is abandoned.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether initialisers run; not for a mere list.</summary>
    public bool RunInitializers { get; init; } = true;

    /// <summary>Builds in whose place the version before is to come back.</summary>
    public FailingPlugins Failing { get; init; } = new();

    /// <summary>Gets to know every plugin that is loaded.</summary>
    public PluginRegister Register { get; } = new();

    /// <summary>Whether the server runs as root, which must not load what others can replace.</summary>
    public bool IsRoot { get; init; } = Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows();
}
