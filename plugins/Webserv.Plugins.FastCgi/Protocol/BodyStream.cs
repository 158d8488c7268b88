using Webserv.Plugins.FastCgi.Streams;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>A request's body as a stream that is written to. Its end is sent by <see cref="FastCgiPeer.EndInputAsync"/>.</summary>
internal sealed class BodyStream(FastCgiRequest request) : WriteOnlyStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? ValueTask.CompletedTask : request.SendBodyAsync(buffer, isLast: false, cancellationToken);
}
