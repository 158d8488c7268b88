using System.Text;
using CsCheck;
using Webserv.Abstractions.Http;
using Webserv.Host.Tests.Http1.Generated;

namespace Webserv.Host.Tests.Server;

/// <summary>A whole connection: valid requests one behind the other in any spelling and any pieces.</summary>
public sealed class PipelinedRequestProperties
{
    private static readonly string[] Broken =
    [
        "GET / HTTP/1.1\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "\0\r\n\r\n",
    ];

    [Fact]
    public async Task Requests_Pipelined_AreAnsweredInOrderWithTheirBodies()
    {
        await using var rig = await StartAsync();
        await Gen.Select(RequestGen.Served.Array[1, 8], Gen.Int).SampleAsync(
            async (requests, seed) =>
            {
                using var client = await rig.ConnectAsync();
                client.BePatient(TimeSpan.FromMinutes(2));
                var last = requests.Length - 1;
                var sending = SendAsync(client, seed, requests.SelectMany((request, index) => Spell(request, seed + index, isLast: index == last)).ToArray());
                foreach (var request in requests)
                {
                    await CheckAsync(client, request);
                }

                await client.AssertClosedAsync();
                await sending;
            },
            iter: 300);
    }

    [Fact]
    public async Task Requests_WithABrokenOneBehindThem_AreAnsweredAndThatOneIsTheLast()
    {
        await using var rig = await StartAsync();
        await Gen.Select(RequestGen.Served.Array[0, 5], RequestGen.Among(Broken), RequestGen.Served, Gen.Int).SampleAsync(
            async (requests, broken, behind, seed) =>
            {
                using var client = await rig.ConnectAsync();
                client.BePatient(TimeSpan.FromMinutes(2));
                byte[] octets =
                [
                    .. requests.SelectMany((request, index) => Spell(request, seed + index, isLast: false)),
                    .. Encoding.Latin1.GetBytes(broken),
                    .. Spell(behind, seed, isLast: true),
                ];
                var sending = SendAsync(client, seed, octets);
                foreach (var request in requests)
                {
                    await CheckAsync(client, request);
                }

                Assert.Equal(400, (await client.ReadAsync()).Status);
                await client.AssertClosedAsync();
                await IgnoreBrokenAsync(sending);
            },
            iter: 200);
    }

    private static Task<ServerRig> StartAsync() => ServerRig.StartAsync(RigKind.Memory, setup =>
    {
        setup.Limits.MaxConnections = 1000;
        setup.Use(async (context, _, cancellation) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, cancellation);
            context.Response.StatusCode = 200;
            context.Response.Headers["X-Method"] = context.Request.Method;
            context.Response.Headers["X-Target"] = context.Request.RawTarget;
            await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), cancellation);
        });
    });

    private static byte[] Spell(GeneratedRequest request, int seed, bool isLast) =>
        new RequestSpelling(seed).Spell(request, isLast ? "close" : request.IsHttp11 ? null : "Keep-Alive");

    private static async Task SendAsync(RawClient client, int seed, ReadOnlyMemory<byte> octets)
    {
        var random = new Random(seed);
        while (!octets.IsEmpty)
        {
            var count = Math.Min(octets.Length, random.Next(3) == 0 ? octets.Length : random.Next(1, 400));
            await client.SendAsync(octets[..count]);
            octets = octets[count..];
        }
    }

    private static async Task CheckAsync(RawClient client, GeneratedRequest request)
    {
        var response = await client.ReadAsync(toHead: request.Method == HttpMethods.Head);
        Assert.Equal((200, request.Method, request.Target), (response.Status, response["X-Method"], response["X-Target"]));
        Assert.Equal(request.Method == HttpMethods.Head ? [] : request.Body ?? [], response.Body);
    }

    // The server may have closed before all was sent: what is behind a broken request is not read.
    private static async Task IgnoreBrokenAsync(Task sending)
    {
        try
        {
            await sending;
        }
        catch (IOException exception)
        {
            Assert.NotEqual("", exception.Message);
        }
    }
}
