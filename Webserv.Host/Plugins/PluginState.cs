namespace Webserv.Host.Plugins;

/// <summary>What became of a file that was found in a plugin directory.</summary>
internal enum PluginState
{
    /// <summary>Loaded; its middleware can be used.</summary>
    Loaded,

    /// <summary>Could not be loaded; <see cref="PluginDescription.Error"/> says why.</summary>
    Failed,

    /// <summary>A kept version was loaded in place of what is there, as the operator or a breaker wants it.</summary>
    RolledBack,

    /// <summary>What is there now could not be loaded; an earlier version that was loaded before goes on.</summary>
    Kept,

    /// <summary>A .NET library beside the plugins that does not claim to be one.</summary>
    NotAPlugin,

    /// <summary>Hidden by a plugin with the same id in a later directory.</summary>
    Overridden,

    /// <summary>A folder with assemblies of which none has its name: nothing was loaded.</summary>
    Misnamed,
}
