namespace Webserv.Host.Tests.Protocol;

/// <summary>How the octets of a row reach the server.</summary>
public enum ReplayMode
{
    /// <summary>In one piece.</summary>
    Whole,

    /// <summary>Every octet by itself.</summary>
    Split,

    /// <summary>In one piece, behind a valid request.</summary>
    Pipelined,
}
