using Webserv.Gateway.Exchange;
using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi;

/// <summary>Speaks a protocol with backends.</summary>
internal interface IProtocolClient
{
    /// <summary>Makes a backend ready to be given requests.</summary>
    void Prepare(Backend backend);

    /// <summary>Whether a program that was started accepts requests by now; waits until it does, or until it is clear that it never says.</summary>
    /// <exception cref="IOException">It cannot be connected to.</exception>
    Task<bool> IsReadyAsync(BackendAddress address, CancellationToken cancellation);

    /// <summary>Makes the meta-variables what is sent.</summary>
    ReadOnlyMemory<byte> Encode(IEnumerable<KeyValuePair<string, string>> variables);

    /// <summary>Begins a request on a backend that gave it a place; the place is given back when the request has ended.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="start">The request.</param>
    /// <param name="cancellation">Cancelled when the client has gone.</param>
    /// <exception cref="IOException">It cannot be connected to; the place is still the caller's. Nothing of the body was touched.</exception>
    ValueTask<IExchangePeer> BeginAsync(Backend backend, RequestStart start, CancellationToken cancellation);
}
