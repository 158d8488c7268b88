using System.Text;
using Webserv.Gateway.Exchange;

namespace Webserv.Plugins.Cgi.Tests;

public sealed class ChunkedDecoderTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("3\r\nabc\r\n0\r\n\r\n", "abc")]
    [InlineData("3\nabc\n0\n\n", "abc")]
    [InlineData("3;a=b\r\nabc\r\n0;c\r\n\r\n", "abc")]
    [InlineData("3 \r\nabc\r\n00\r\n\r\n", "abc")]
    [InlineData("3\r\nabc\r\n0010\r\n0123456789abcdef\r\n0\r\n\r\n", "abc0123456789abcdef")]
    [InlineData("1\r\n\n\r\n1\r\n\r\r\n0\r\n\r\n", "\n\r")]
    [InlineData("A\r\n0123456789\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", "0123456789")]
    public void Decode_CutAtEveryByte_GivesTheSameBody(string data, string body)
    {
        var bytes = Encoding.Latin1.GetBytes(data + "behind");
        for (var cut = 0; cut <= data.Length; cut++)
        {
            var decoder = new ChunkedDecoder();
            var text = Decode(decoder, bytes[..cut], out var read);
            Assert.Equal((cut, cut == data.Length), (read, decoder.IsComplete));
            text += Decode(decoder, bytes[cut..], out read);
            Assert.Equal((body, data.Length - cut, true), (text, read, decoder.IsComplete));
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("x\r\n")]
    [InlineData("-1\r\n")]
    [InlineData(";a\r\n")]
    [InlineData("1234567890abcdef\r\n")]
    [InlineData("3\r\nabcd\r\n")]
    [InlineData("3\r\nabc\r\r\n")]
    [InlineData("3\r\nabc0\r\n")]
    public void Decode_NoChunks_Throws(string data) =>
        Assert.Throws<CgiResponseException>(() => new ChunkedDecoder().Decode(Encoding.Latin1.GetBytes(data), out var _));

    [Theory]
    [InlineData("1;")]
    [InlineData("0\r\nA: ")]
    public void Decode_OverheadWithoutEnd_Throws(string data) =>
        Assert.Throws<CgiResponseException>(() => new ChunkedDecoder().Decode(Encoding.Latin1.GetBytes(data + new string('x', 70_000)), out var _));

    private static string Decode(ChunkedDecoder decoder, byte[] bytes, out int read)
    {
        var copy = bytes.ToArray();
        return Encoding.Latin1.GetString(copy, 0, decoder.Decode(copy, out read));
    }
}
