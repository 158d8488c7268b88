namespace Webserv.Host.Transport;

/// <summary>Is told what happens to a connection while nobody receives from it.</summary>
internal interface IConnectionObserver
{
    /// <summary>The peer has ended its side (FIN) and may still read. Called at most once.</summary>
    void OnPeerEnded();

    /// <summary>The connection is gone: reset by the peer or aborted here. Called at most once.</summary>
    void OnReset();
}
