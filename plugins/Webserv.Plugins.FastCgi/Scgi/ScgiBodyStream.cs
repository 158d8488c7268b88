using Webserv.Plugins.FastCgi.Streams;

namespace Webserv.Plugins.FastCgi.Scgi;

/// <summary>A request's body as a stream. Its length was announced, so that it needs no end; the connection stays open for the answer.</summary>
internal sealed class ScgiBodyStream(Stream output) : WriteOnlyStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        output.WriteAsync(buffer, cancellationToken);
}
