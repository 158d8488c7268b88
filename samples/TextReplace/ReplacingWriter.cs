using System.Buffers;

namespace Webserv.Samples.TextReplace;

/// <summary>
/// Replaces in what is written on its way to a stream. It keeps less than the longest text that is looked for, and while it writes two
/// buffers of some KiB, however long the body is.
/// </summary>
internal sealed class ReplacingWriter(Replacements replacements, Stream target)
{
    private const int BufferSize = 4 << 10;

    // The end of what was written, which may be the beginning of something.
    private readonly byte[] _kept = new byte[replacements.MaxLength - 1];
    private int _keptLength;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, bool isLast, CancellationToken cancellation)
    {
        var input = ArrayPool<byte>.Shared.Rent(_kept.Length + BufferSize);
        var output = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var length = _keptLength;
            _kept.AsSpan(0, length).CopyTo(input);
            do
            {
                var count = Math.Min(BufferSize, bytes.Length);
                bytes.Span[..count].CopyTo(input.AsSpan(length));
                bytes = bytes[count..];
                length = await ReplaceAsync(input, length + count, isLast && bytes.IsEmpty, output, cancellation).ConfigureAwait(false);
            }
            while (!bytes.IsEmpty);

            input.AsSpan(0, length).CopyTo(_kept);
            _keptLength = length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    /// <returns>The length of what is left at the beginning of the input.</returns>
    private async ValueTask<int> ReplaceAsync(byte[] input, int length, bool isLast, byte[] output, CancellationToken cancellation)
    {
        var (start, written) = (0, 0);
        while (true)
        {
            var index = start + replacements.Find(input.AsSpan(start, length - start), isLast, out var found);
            written = await AppendAsync(output, written, input.AsMemory(start, index - start), cancellation).ConfigureAwait(false);
            start = index;
            if (found is null)
            {
                await target.WriteAsync(output.AsMemory(0, written), cancellation).ConfigureAwait(false);
                input.AsSpan(start, length - start).CopyTo(input);
                return length - start;
            }

            written = await AppendAsync(output, written, found.By, cancellation).ConfigureAwait(false);
            start += found.Search.Length;
        }
    }

    /// <summary>Gathers small pieces: each write may become a chunk of its own.</summary>
    /// <returns>How much of the buffer is used now.</returns>
    private async ValueTask<int> AppendAsync(byte[] output, int written, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (bytes.Length > output.Length - written)
        {
            await target.WriteAsync(output.AsMemory(0, written), cancellation).ConfigureAwait(false);
            written = 0;
            if (bytes.Length > output.Length)
            {
                await target.WriteAsync(bytes, cancellation).ConfigureAwait(false);
                return 0;
            }
        }

        bytes.Span.CopyTo(output.AsSpan(written));
        return written + bytes.Length;
    }
}
