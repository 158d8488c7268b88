using System.IO.Compression;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

/// <summary>What a client makes of an answer.</summary>
internal static class CodedBytes
{
    public static byte[] Encode(ContentCoding coding, byte[] content)
    {
        var output = new MemoryStream();
        using (var stream = new Compressor(coding, CompressionEffort.Fast).Compress(output))
        {
            stream.Write(content);
        }

        return output.ToArray();
    }

    public static byte[] Decode(TestHttpResponse response) => Decode(response.Headers["Content-Encoding"].ToString(), response.BodyBytes);

    public static byte[] Decode(string coding, byte[] content)
    {
        var input = new MemoryStream(content);
        using Stream stream = coding switch
        {
            "br" => new BrotliStream(input, CompressionMode.Decompress),
            "gzip" => new GZipStream(input, CompressionMode.Decompress),
            "zstd" => new ZstdSharp.DecompressionStream(input),
            "" => input,
            _ => throw new ArgumentException($"'{coding}' is no coding that was asked for."),
        };
        var output = new MemoryStream();
        stream.CopyTo(output);
        return output.ToArray();
    }
}
