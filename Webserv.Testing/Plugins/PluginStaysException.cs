namespace Webserv.Testing.Plugins;

/// <summary>A plugin was unloaded and is still in memory; the message names what refers to it, as far as that can be told.</summary>
public sealed class PluginStaysException : Exception
{
    /// <summary>Makes one without a message.</summary>
    public PluginStaysException()
    {
    }

    /// <summary>Makes one.</summary>
    public PluginStaysException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a cause.</summary>
    public PluginStaysException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
