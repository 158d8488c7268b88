using System.Globalization;
using System.Text;

namespace Webserv.Host.Tests.Server;

/// <summary>A client that sends octets and reads answers; gives up after twenty seconds.</summary>
internal sealed class RawClient(Stream stream, Action shutdownSend, Action reset) : IDisposable
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(20));
    private readonly byte[] _octet = new byte[1];

    public Stream Stream => stream;

    public CancellationToken Token => _timeout.Token;

    /// <summary>Gives up only after another time, counted from now.</summary>
    public void BePatient(TimeSpan time) => _timeout.CancelAfter(time);

    public void ShutdownSend() => shutdownSend();

    public void Reset() => reset();

    public async Task SendAsync(string octets) => await SendAsync(Encoding.Latin1.GetBytes(octets));

    public async Task SendAsync(ReadOnlyMemory<byte> octets) => await stream.WriteAsync(octets, Token);

    public async Task<RawResponse> GetAsync(string target, string fields = "")
    {
        await SendAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
        return await ReadAsync();
    }

    public async Task<RawResponse> PostAsync(string target, string body, string fields = "")
    {
        await SendAsync($"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n{fields}\r\n{body}");
        return await ReadAsync();
    }

    /// <summary>Reads one answer with its framing.</summary>
    /// <param name="toHead">Whether it answers a HEAD.</param>
    public async Task<RawResponse> ReadAsync(bool toHead = false)
    {
        var head = await ReadUntilAsync("\r\n\r\n");
        var response = new RawResponse(head, []);
        if (toHead || response.Status is < 200 or 204 or 304)
        {
            return response;
        }

        if (response["Transfer-Encoding"] == "chunked")
        {
            Assert.Null(response["Content-Length"]);
            return response with { Body = await ReadChunksAsync() };
        }

        if (response["Content-Length"] is { } length)
        {
            var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body, Token);
            return response with { Body = body };
        }

        return response with { Body = Encoding.Latin1.GetBytes(await ReadToEndAsync()) };
    }

    /// <summary>Reads until the server ends its side in order.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Token);
        return Encoding.Latin1.GetString(all.ToArray());
    }

    /// <summary>Reads what comes until the connection is over, whether in order or not.</summary>
    public async Task<(string Octets, bool InOrder)> ReadToWhateverEndAsync()
    {
        using var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all, Token);
            return (Encoding.Latin1.GetString(all.ToArray()), true);
        }
        catch (IOException)
        {
            return (Encoding.Latin1.GetString(all.ToArray()), false);
        }
    }

    /// <summary>Asserts that the server ends the connection in order and sends nothing more.</summary>
    public async Task AssertClosedAsync() => Assert.Equal("", await ReadToEndAsync());

    public void Dispose()
    {
        stream.Dispose();
        _timeout.Dispose();
    }

    private async Task<byte[]> ReadChunksAsync()
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse((await ReadUntilAsync("\r\n")).TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var chunk = new byte[size];
            await stream.ReadExactlyAsync(chunk, Token);
            body.Write(chunk);
            Assert.Equal("\r\n", await ReadUntilAsync("\r\n"));
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        while (text.Length < end.Length || text.ToString(text.Length - end.Length, end.Length) != end)
        {
            await stream.ReadExactlyAsync(_octet, Token);
            text.Append((char)_octet[0]);
        }

        return text.ToString();
    }
}
