using System.Net.Http.Headers;

namespace Webserv.EndToEnd.Tests.Site;

/// <summary>Requests in a line.</summary>
internal static class RequestExtensions
{
    /// <summary>Sends a request with header fields; the response has been read when this returns. Dispose it.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client, string method, string target, HttpContent? content, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target) { Content = content };
        foreach (var (name, value) in fields)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>GET with header fields.</summary>
    public static Task<HttpResponseMessage> FetchAsync(this HttpClient client, string target, params (string Name, string Value)[] fields) =>
        client.SendAsync("GET", target, null, fields);

    /// <summary>The body of a GET as text; fails on any status but 2xx.</summary>
    public static Task<string> GetTextAsync(this HttpClient client, string target) =>
        client.GetStringAsync(target, TestContext.Current.CancellationToken);

    /// <summary>The body as text.</summary>
    public static Task<string> ReadTextAsync(this HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>A form as browsers send it.</summary>
    public static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    /// <summary>A body without a known length, which is sent in chunks.</summary>
    public static HttpContent Chunked(byte[] body) =>
        new StreamContent(new MemoryStream(body)) { Headers = { ContentLength = null, ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
}
