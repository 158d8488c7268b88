namespace Webserv.TestPlugins.Leaky;

/// <summary>What a plugin may forget to take back.</summary>
public enum Leak
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>A handler of an event of the runtime.</summary>
    Event,

    /// <summary>A wait that goes on.</summary>
    Timer,

    /// <summary>A type in the cache of the serializer.</summary>
    Serializer,

    /// <summary>A meter that is not disposed.</summary>
    Meter,

    /// <summary>A thread that does not end.</summary>
    Thread,
}
