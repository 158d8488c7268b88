using System.Text;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Protocol;

/// <summary>Plays rows to a server and compares what comes back.</summary>
internal static class ConformanceReplay
{
    private const string First = "POST /echo HTTP/1.1\r\nHost: first\r\nContent-Length: 5\r\n\r\nfirst";
    private const string Probe = "GET /probe HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n";

    // A row longer than that is split into so many pieces.
    private const int MaxPieces = 600;

    // The server waits so long for a client to take the last answer, and resets it then.
    private const long LingerMilliseconds = 2000;
    private const int MaxAttempts = 5;

    /// <summary>Plays a row on a connection of its own.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static async Task<string?> PlayAsync(ServerRig rig, ConformanceRow row, ReplayMode mode)
    {
        for (var attempt = 1; ; attempt++)
        {
            var start = Environment.TickCount64;
            var problem = await PlayOnceAsync(rig, row, row.Splits || mode != ReplayMode.Split ? mode : ReplayMode.Whole);

            // A busy machine can hold a client up for longer than the server lingers. What is wrong is wrong at once.
            if (problem is null || Environment.TickCount64 - start < LingerMilliseconds || attempt == MaxAttempts)
            {
                return problem;
            }
        }
    }

    private static async Task<string?> PlayOnceAsync(ServerRig rig, ConformanceRow row, ReplayMode mode)
    {
        using var client = await rig.ConnectAsync();
        client.BePatient(TimeSpan.FromSeconds(60));
        var reader = new StrictReader(client.Stream, client.Token);
        var seen = new List<string>();
        try
        {
            var isFirst = true;
            foreach (var step in row.Steps)
            {
                var behind = isFirst && mode == ReplayMode.Pipelined;
                await SendAsync(client, (behind ? First : "") + step.Octets, mode);
                if (step.EndsInput)
                {
                    client.ShutdownSend();
                }

                if (behind && (await reader.ReadAsync(toHead: false)).Body is var body && body != "first")
                {
                    return $"{row.Id}: the request before it was answered with '{body}'";
                }

                isFirst = false;
                foreach (var expected in step.Answers)
                {
                    var answer = await reader.ReadAsync(expected.ToHead);
                    seen.Add($"{answer.Status} '{(answer.Body.Length > 60 ? "…" : answer.Body)}'");
                    if (Compare(expected, answer) is { } difference)
                    {
                        return $"{row.Id}: {difference} ({string.Join(", ", seen)})";
                    }
                }
            }

            return await CheckEndAsync(client, reader, row) is { } problem ? $"{row.Id}: {problem} ({string.Join(", ", seen)})" : null;
        }
        catch (Exception exception) when (exception is FormatException or IOException or OperationCanceledException)
        {
            return $"{row.Id}: {exception.Message} ({string.Join(", ", seen)})";
        }
    }

    private static async Task<string?> CheckEndAsync(RawClient client, StrictReader reader, ConformanceRow row)
    {
        if (row.End == ConnectionEnd.Kept)
        {
            await client.SendAsync(Probe);
            var probe = await reader.ReadAsync(toHead: false);
            if ((probe.Status, probe.Body) != (200, "GET /probe  probe"))
            {
                return $"the connection was not kept in step: {probe.Status} '{probe.Body}'";
            }
        }

        var rest = await reader.ReadToEndAsync();
        return rest.Length == 0 ? null : $"more came: '{rest[..Math.Min(rest.Length, 80)]}'";
    }

    private static async Task SendAsync(RawClient client, string octets, ReplayMode mode)
    {
        var bytes = Encoding.Latin1.GetBytes(octets);
        var size = mode != ReplayMode.Split ? Math.Max(bytes.Length, 1) : Math.Max(1, bytes.Length / MaxPieces);
        try
        {
            for (var at = 0; at < bytes.Length; at += size)
            {
                await client.SendAsync(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)));
            }
        }
        catch (IOException)
        {
            // The server refused the request before it had all of it; what it said about it is read next.
        }
    }

    private static string? Compare(ExpectedAnswer expected, StrictAnswer answer)
    {
        if (answer.Status != expected.Status)
        {
            return $"{answer.Status} in place of {expected.Status}";
        }

        foreach (var (name, value) in expected.Fields)
        {
            if (answer.One(name) is var actual && (value == "*" ? actual is null : actual != value))
            {
                return $"{name} is '{actual}' in place of '{value}'";
            }
        }

        return expected.Body is { } body && body != answer.Body ? $"'{answer.Body}' in place of '{body}'" : null;
    }
}
