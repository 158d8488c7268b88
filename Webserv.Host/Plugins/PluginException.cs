namespace Webserv.Host.Plugins;

/// <summary>A plugin that cannot be used, in one sentence for the operator. It never leaves this folder.</summary>
internal sealed class PluginException : Exception
{
    /// <summary>Says why.</summary>
    /// <param name="message">Why, without the plugin's name.</param>
    public PluginException(string message)
        : base(message)
    {
    }

    /// <summary>Says why, and what was behind it.</summary>
    /// <param name="message">Why, without the plugin's name.</param>
    /// <param name="cause">For the log at debug level.</param>
    public PluginException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
