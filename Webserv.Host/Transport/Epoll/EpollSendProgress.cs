namespace Webserv.Host.Transport.Epoll;

/// <summary>How far a send got.</summary>
internal enum EpollSendProgress
{
    /// <summary>Everything is with the system.</summary>
    Done,

    /// <summary>The system takes no more for now; an edge will tell.</summary>
    Blocked,

    /// <summary>More could be sent, but others have to get their turn.</summary>
    GaveWay,

    /// <summary>The connection is broken, or the file ended early.</summary>
    Failed,
}
