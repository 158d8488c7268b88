namespace Webserv.TestPlugins.Good;

/// <summary>How something is said; an enum, because converters of enums are what caches like to hold on to.</summary>
internal enum Tone
{
    /// <summary>As usual.</summary>
    Plain,

    /// <summary>Aloud.</summary>
    Loud,
}
