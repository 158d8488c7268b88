using Webserv.Gateway.Exchange;
using Webserv.Plugins.FastCgi.Streams;

namespace Webserv.Plugins.FastCgi.Scgi;

/// <summary>A program's answer, to the end of the connection.</summary>
internal sealed class ScgiAnswerStream(Stream input) : ReadOnlyStream
{
    private readonly TaskCompletionSource _ended = new();

    /// <summary>Ends when the program has closed the connection, or nobody reads it any more. Never fails.</summary>
    public Task Ended => _ended.Task;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0 && !buffer.IsEmpty)
            {
                _ended.TrySetResult();
            }

            return count;
        }
        catch (IOException exception)
        {
            _ended.TrySetResult();
            throw new CgiResponseException($"the connection broke: {exception.Message}");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
            _ended.TrySetResult();
        }

        base.Dispose(disposing);
    }
}
