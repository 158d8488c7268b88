namespace Webserv.Abstractions.Plugins;

/// <summary>The version of the contract between host and plugins.</summary>
public static class WebservAbi
{
    /// <summary>
    /// The contract this assembly defines. It is compiled into every plugin through the default of the parameter of
    /// <see cref="WebservPluginAttribute"/>; a host refuses plugins that were built for a newer one than its own.
    /// </summary>
    public const int Current = 1;
}
