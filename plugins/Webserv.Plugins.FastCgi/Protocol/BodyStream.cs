using Webserv.Plugins.FastCgi.Streams;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>A request's body as a stream that is written to; disposing ends the body.</summary>
internal sealed class BodyStream(FastCgiRequest request) : WriteOnlyStream
{
    private bool _ended;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? ValueTask.CompletedTask : request.SendBodyAsync(buffer, isLast: false, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            _ended = true;
            try
            {
                await request.SendBodyAsync(default, isLast: true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // Whoever reads the answer learns that the connection is lost, or that there was one before the body ended.
            }
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }
}
