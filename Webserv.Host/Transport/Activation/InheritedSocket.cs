namespace Webserv.Host.Transport.Activation;

/// <summary>A descriptor that a service manager has handed over.</summary>
/// <param name="Descriptor">It; open as long as the process runs.</param>
/// <param name="Name">What the service manager calls it.</param>
/// <param name="Endpoint">What it listens on, or <see langword="null"/> where it cannot be accepted from.</param>
/// <param name="Description">What it is, for messages.</param>
internal sealed record InheritedSocket(int Descriptor, string Name, ListenEndpoint? Endpoint, string Description)
{
    /// <inheritdoc />
    public override string ToString() => $"descriptor {Descriptor} '{Name}' ({Description})";
}
