namespace Webserv.Host.Tests.Protocol;

/// <summary>What becomes of a connection after the last answer of a row.</summary>
internal enum ConnectionEnd
{
    /// <summary>It serves another request.</summary>
    Kept,

    /// <summary>The server ends it in order, and nothing comes behind the answers.</summary>
    Closed,
}
