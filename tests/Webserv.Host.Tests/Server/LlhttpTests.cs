using System.Text.Json;

namespace Webserv.Host.Tests.Server;

/// <summary>Requests of llhttp's own tests against a whole server, in memory.</summary>
public sealed class LlhttpTests
{
    /// <summary>Where ours differs on purpose: what we do instead, and why.</summary>
    private static readonly Dictionary<string, (string Expected, string Reason)> Differences = new()
    {
        ["connection.md:545"] = ("close", "no upgrade is offered, so what follows the request is a request, and is none"),
        ["connection.md:815"] = ("close", "no upgrade is offered, so what follows the body is a request, and is none"),
        ["invalid.md:69"] = ("accept", "ANNOUNCE is a token like any other: a method that nobody answers is 501, no parser error"),
        ["invalid.md:359"] = ("accept", "MKCOLA is a token like any other"),
        ["method.md:30"] = ("reject", "CONNECT is 501"),
        ["method.md:65"] = ("reject", "CONNECT is 501"),
        ["method.md:99"] = ("reject", "CONNECT is 501"),
        ["method.md:138"] = ("reject", "the asterisk form is for OPTIONS alone (RFC 9112 section 3.2.4)"),
        ["sample.md:317"] = ("reject", "HTTP/0.9 is not spoken"),
        ["transfer-encoding.md:754"] = ("reject", "a transfer coding other than chunked is 501"),
        ["transfer-encoding.md:796"] = ("reject", "a transfer coding other than chunked is not taken"),
        ["uri.md:168"] = ("reject", "a fragment is no part of a request-target (RFC 9112 section 3.2)"),
        ["uri.md:191"] = ("reject", "CONNECT is 501"),
        ["uri.md:225"] = ("reject", "userinfo is no part of an http authority (RFC 9110 section 4.2.4)"),
    };

    private static readonly Dictionary<string, Sample> Samples = Load();

    public static TheoryData<string> Ids => [.. Samples.Keys];

    [Fact]
    public void Differences_NameSamplesThatAreReplayed() => Assert.All(Differences.Keys, id => Assert.Contains(id, Samples.Keys));

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Request_OfLlhttp_IsTakenAsItExpects(string id)
    {
        var sample = Samples[id];
        var expected = Differences.TryGetValue(id, out var difference) ? difference.Expected : sample.Expected;
        await using var rig = await ServerRig.StartAsync(RigKind.Memory, setup => setup.Use(async (context, _, cancellation) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, cancellation);
            context.Response.StatusCode = 200;
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(sample.Wire);
        client.ShutdownSend();
        var (octets, _) = await client.ReadToWhateverEndAsync();
        var answers = octets.Split("HTTP/1.1 ").Skip(1).Select(answer => int.Parse(answer.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var description = $"{expected} ({difference.Reason}): {string.Join(' ', answers)}";
        switch (expected)
        {
            case "accept":
                Assert.True(answers.Length == sample.Count && answers.All(status => status == 200), description);
                break;
            case "close":
                Assert.True(answers.Length >= 1 && answers[0] == 200 && answers.Skip(1).All(status => status == 400), description);
                break;
            case "partial":
                // The client ended its side within the last request.
                Assert.True(answers.Count(status => status == 200) < Math.Max(1, sample.Count) + (sample.Count > 0 ? 1 : 0) && answers.Length <= sample.Count + 1, description);
                break;
            default:
                Assert.True(answers.Length <= Math.Max(1, sample.Count) && (answers.Length == 0 || answers[^1] >= 400), description);
                break;
        }
    }

    private static Dictionary<string, Sample> Load()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Http1", "Data", "llhttp-requests.json")));
        return document.RootElement.EnumerateArray()
            .Select(element => new Sample(
                element.GetProperty("id").GetString()!,
                element.GetProperty("wire").GetString()!,
                element.GetProperty("n").GetInt32(),
                element.GetProperty("exp").GetString()!))
            .Where(sample => sample.Expected is "accept" or "reject" or "close" or "partial")
            .ToDictionary(sample => sample.Id);
    }

    private sealed record Sample(string Id, string Wire, int Count, string Expected);
}
