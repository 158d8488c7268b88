using System.Text;
using BenchmarkDotNet.Attributes;
using Webserv.Host.Http1;

namespace Webserv.Benchmarks;

/// <summary>Removing the chunked coding.</summary>
public class ChunkedBodyBenchmarks
{
    private readonly byte[] _target = new byte[64 * 1024];

    /// <summary>64 KiB in chunks of one size.</summary>
    public static IEnumerable<Sample> Bodies => [Chunks(16), Chunks(1024), Chunks(16 * 1024)];

    /// <summary>The body.</summary>
    [ParamsSource(nameof(Bodies))]
    public Sample Body { get; set; } = null!;

    /// <summary>The whole body at once.</summary>
    [Benchmark]
    public int Decode()
    {
        var decoder = default(ChunkedDecoder);
        var consumed = 0;
        var written = 0;
        while (decoder.Decode(Body.Bytes.AsSpan(consumed), _target.AsSpan(written), out var used, out var count) != ParseStatus.Complete)
        {
            consumed += used;
            written += count;
        }

        return written;
    }

    private static Sample Chunks(int size)
    {
        var text = new StringBuilder();
        for (var left = 64 * 1024; left > 0; left -= size)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{size:x}\r\n").Append('x', size).Append("\r\n");
        }

        return new Sample($"chunks of {size}", Encoding.ASCII.GetBytes(text.Append("0\r\n\r\n").ToString()));
    }
}
