using System.Text;
using BenchmarkDotNet.Attributes;
using Webserv.Abstractions.Http;
using Webserv.Host.Http1;

namespace Webserv.Benchmarks;

/// <summary>From the bytes of a request head to what routing needs: lines, method, framing, target and host.</summary>
public class RequestHeadBenchmarks
{
    private readonly Http1Parser _parser = new(8 * 1024, 32 * 1024, 100);
    private readonly RequestTargetCache _targets = new();
    private readonly HostNameCache _hosts = new();

    /// <summary>Heads as clients send them.</summary>
    public static IEnumerable<Sample> Heads =>
    [
        new("load generator", "GET /612.bin HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"u8.ToArray()),
        new("curl", "GET /index.html HTTP/1.1\r\nHost: example.com\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"u8.ToArray()),
        new("browser", Browser("")),
        new("browser with cookies", Browser("Cookie: session=" + new string('x', 1500) + "; theme=dark; consent=1\r\n")),
    ];

    /// <summary>The head.</summary>
    [ParamsSource(nameof(Heads))]
    public Sample Head { get; set; } = null!;

    /// <summary>The head parser alone.</summary>
    [Benchmark(Baseline = true)]
    public int Parse()
    {
        _parser.Reset();
        return _parser.TryParse(Head.Bytes) == ParseStatus.Complete ? _parser.Head.Length : throw new InvalidOperationException();
    }

    /// <summary>With target and host, which are found again in their tables.</summary>
    [Benchmark]
    public object ParseTargetAndHost()
    {
        Parse();
        var head = _parser.Head;
        var host = head.Lines[head.HostLine];
        _ = _hosts.Parse(Head.Bytes.AsSpan(host.ValueStart, host.ValueLength));
        return _targets.Parse(Head.Bytes.AsSpan(head.TargetStart, head.TargetLength), HttpMethods.Get)!;
    }

    private static byte[] Browser(string more) => Encoding.ASCII.GetBytes(
        "GET /assets/app-3f9c1b27.js?v=20 HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\n"
        + "sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\nsec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n"
        + "Accept: */*\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script\r\n"
        + "Referer: https://www.example.com/articles/2026/11/a-long-title\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
        + "Accept-Language: en-GB,en;q=0.9\r\nIf-None-Match: \"66a1-5f3c2\"\r\n" + more + "\r\n");
}
