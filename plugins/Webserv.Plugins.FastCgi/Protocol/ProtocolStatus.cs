namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>How a request ended for the protocol (FastCGI 1.0 section 5.5).</summary>
internal enum ProtocolStatus : byte
{
    /// <summary>It was answered.</summary>
    Complete = 0,

    /// <summary>The connection has one already.</summary>
    CannotMultiplex = 1,

    /// <summary>The program is out of something.</summary>
    Overloaded = 2,

    /// <summary>The program does not do that.</summary>
    UnknownRole = 3,
}
