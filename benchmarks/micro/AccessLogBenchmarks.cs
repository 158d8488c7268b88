using System.Text;
using BenchmarkDotNet.Attributes;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Logging;

namespace Webserv.Benchmarks;

/// <summary>From a request that is over to its line in the buffer of the event loop.</summary>
public class AccessLogBenchmarks
{
    private const int BlockSize = 64 * 1024;

    private readonly Http1Parser _parser = new(8 * 1024, 32 * 1024, 100);
    private readonly byte[] _block = new byte[BlockSize];
    private readonly LogTime _time = new(TimeProvider.System);
    private int _count;

    /// <summary>Heads as clients send them.</summary>
    public static IEnumerable<Sample> Heads => RequestHeadBenchmarks.Heads;

    /// <summary>The head.</summary>
    [ParamsSource(nameof(Heads))]
    public Sample Head { get; set; } = null!;

    /// <summary>What the parser did before.</summary>
    [GlobalSetup]
    public void Parse()
    {
        _parser.Reset();
        if (_parser.TryParse(Head.Bytes) != ParseStatus.Complete)
        {
            throw new InvalidOperationException(Encoding.ASCII.GetString(Head.Bytes));
        }
    }

    /// <summary>The combined format.</summary>
    [Benchmark(Baseline = true)]
    public int Combined() => Write(AccessLogFormat.Combined);

    /// <summary>JSON.</summary>
    [Benchmark]
    public int Json() => Write(AccessLogFormat.Json);

    private int Write(AccessLogFormat format)
    {
        if (BlockSize - _count < 4096)
        {
            _count = 0;
        }

        var writer = new LogLineWriter(_block.AsSpan(_count));
        var entry = new AccessLogEntry
        {
            Bytes = Head.Bytes,
            Head = _parser.Head,
            ConnectionId = 31,
            Lane = 0,
            RequestNumber = 3,
            Client = "203.0.113.77"u8,
            Status = 200,
            BodyBytes = 52_113,
            Duration = format == AccessLogFormat.Json ? TimeSpan.FromMicroseconds(123) : null,
            Milliseconds = 0,
        };
        AccessLogLine.Write(ref writer, format, entry, _time.Get(entry.Milliseconds), "main"u8);
        _count += writer.Count;
        return writer.Count;
    }
}
