using System.Text;
using CsCheck;
using Webserv.Host.Proxies;
using static Webserv.Host.Tests.Proxies.ProxyHeaderBuilder;

namespace Webserv.Host.Tests.Proxies;

/// <summary>Headers of both versions, whole and cut after every byte, with something behind them and without.</summary>
public sealed class ProxyHeaderParserTests
{
    private static readonly byte[] Client4 = Client("192.0.2.1", 56324, "198.51.100.2", 443);

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", "192.0.2.1:56324", "198.51.100.2:443")]
    [InlineData("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0:0", "255.255.255.255:65535")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", "[2001:db8::1]:1", "[2001:db8::2]:2")]
    [InlineData("PROXY TCP6 2001:DB8::A ::1 1 2\r\n", "[2001:db8::a]:1", "[::1]:2")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.2 1 2\r\n", "192.0.2.1:1", "198.51.100.2:2")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN \r\n", null, null)]
    [InlineData("PROXY UNKNOWN 192.0.2.1 198.51.100.2 1 2\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", null, null)]
    public void Parse_Version1_IsReadHoweverItIsCut(string text, string? source, string? destination)
    {
        var kind = source is null ? ProxyHeaderKind.Unknown : ProxyHeaderKind.Client;
        Check(Encoding.ASCII.GetBytes(text), new Expected(kind, source, destination));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\0")]
    [InlineData("P\0")]
    [InlineData("proxy TCP4 192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY\tTCP4 192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXYTCP4 192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY  TCP4 192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY TCP4  192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 2 \r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY tcp4 192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY TCP5 192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP4 ::ffff:192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY TCP6 ::1 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.01 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.256 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 01 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 65536\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 -2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 +2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2  2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 000002\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 2\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 2\r\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 2\r \n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 2\rX")]
    [InlineData("PROXY TCP4 192.0.2.\u00B9 198.51.100.2 1 2\r\n")]
    [InlineData("PROXY UNKNOWN 901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\r\n")]
    public void Parse_MalformedVersion1_IsRefusedHoweverItIsCut(string text) => CheckRefused(Encoding.Latin1.GetBytes(text));

    [Fact]
    public void Parse_LongestVersion1_Is107Bytes()
    {
        // As much as fits is read, one byte more is not, and it is not waited for.
        Check(Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 91) + "\r\n"), new Expected(ProxyHeaderKind.Unknown, null, null));
        CheckRefused(Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 92) + "\r\n"));
        CheckRefused(Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 93)));
    }

    public static TheoryData<string, byte[], string, string?, string?, bool> Version2 => new()
    {
        { "TCP over IPv4", Client4, "Client", "192.0.2.1:56324", "198.51.100.2:443", false },
        { "TCP over IPv6", Client("2001:db8::1", 1, "2001:db8::2", 2), "Client", "[2001:db8::1]:1", "[2001:db8::2]:2", false },
        { "IPv4 in IPv6", Client("::ffff:192.0.2.1", 1, "::ffff:198.51.100.2", 2), "Client", "192.0.2.1:1", "198.51.100.2:2", false },
        { "LOCAL", Make(0x20, 0x00, []), "Local", null, null, false },
        { "LOCAL with a family", Make(0x20, 0xFF, new byte[7]), "Local", null, null, false },
        { "LOCAL with addresses", Make(0x20, 0x11, new byte[12]), "Local", null, null, false },
        { "UNSPEC", Make(0x21, 0x00, []), "Unknown", null, null, false },
        { "UNSPEC with anything", Make(0x21, 0x00, [1, 2, 3]), "Unknown", null, null, false },
        { "IPv4 without protocol", Make(0x21, 0x10, new byte[12]), "Unknown", null, null, false },
        { "UDP over IPv4", Make(0x21, 0x12, new byte[12]), "Unknown", null, null, false },
        { "UNIX", Make(0x21, 0x31, new byte[216]), "Unknown", null, null, false },
        { "UNIX datagram", Make(0x21, 0x32, new byte[216]), "Unknown", null, null, false },
        { "extensions", Client("192.0.2.1", 1, "198.51.100.2", 2, [.. Extension(0x02, [.. "example.com"u8]), .. Extension(0x04), .. Extension(0xEA, 1)]), "Client", "192.0.2.1:1", "198.51.100.2:2", false },
        { "TLS", Client("192.0.2.1", 1, "198.51.100.2", 2, Extension(0x20, [1, 0, 0, 0, 0, .. Extension(0x21, [.. "TLSv1.3"u8])])), "Client", "192.0.2.1:1", "198.51.100.2:2", true },
        { "no TLS", Client("192.0.2.1", 1, "198.51.100.2", 2, Extension(0x20, 0, 0, 0, 0, 0)), "Client", "192.0.2.1:1", "198.51.100.2:2", false },
        { "a checksum", WithChecksum(Client4), "Client", "192.0.2.1:56324", "198.51.100.2:443", false },
        { "the most", Client("192.0.2.1", 1, "198.51.100.2", 2, Extension(0x04, new byte[4096 - 12 - 3])), "Client", "192.0.2.1:1", "198.51.100.2:2", false },
    };

    [Theory]
    [MemberData(nameof(Version2), DisableDiscoveryEnumeration = true)]
    public void Parse_Version2_IsReadHoweverItIsCut(string name, byte[] bytes, string kind, string? source, string? destination, bool isTls)
    {
        Assert.NotEmpty(name);
        Check(bytes, new Expected(Enum.Parse<ProxyHeaderKind>(kind), source, destination, isTls));
    }

    public static TheoryData<string, byte[]> MalformedVersion2 => new()
    {
        { "signature", [.. Signature[..11], 0x0B, 0x21, 0x11, 0, 12, .. new byte[12]] },
        { "signature at its second byte", [0x0D, 0x0D] },
        { "version 1", Make(0x11, 0x11, new byte[12]) },
        { "version 3", Make(0x31, 0x11, new byte[12]) },
        { "command 2", Make(0x22, 0x11, new byte[12]) },
        { "family 4", Make(0x21, 0x41, new byte[216]) },
        { "protocol 3", Make(0x21, 0x13, new byte[216]) },
        { "too long", Make(0x21, 0x11, [], 4097) },
        { "much too long", Make(0x20, 0x00, [], 65535) },
        { "short for IPv4", Make(0x21, 0x11, new byte[11]) },
        { "short for IPv6", Make(0x21, 0x21, new byte[35]) },
        { "short for UNIX", Make(0x21, 0x31, new byte[215]) },
        { "no addresses", Make(0x21, 0x11, []) },
        { "extension of one byte", Make(0x21, 0x11, [.. new byte[12], 4]) },
        { "extension of two bytes", Make(0x21, 0x11, [.. new byte[12], 4, 0]) },
        { "extension beyond the end", Make(0x21, 0x11, [.. new byte[12], 4, 0, 2, 0]) },
        { "extension far beyond the end", Make(0x21, 0x11, [.. new byte[12], 4, 255, 255, 0]) },
        { "TLS of four bytes", Make(0x21, 0x11, [.. new byte[12], .. Extension(0x20, 1, 0, 0, 0)]) },
        { "wrong checksum", WithChecksum(Client4, change: 1) },
        { "checksum of three bytes", Make(0x21, 0x11, [.. new byte[12], .. Extension(0x03, 1, 2, 3)]) },
        { "two checksums", WithChecksum(WithChecksum(Client4)) },
    };

    [Theory]
    [MemberData(nameof(MalformedVersion2), DisableDiscoveryEnumeration = true)]
    public void Parse_MalformedVersion2_IsRefusedHoweverItIsCut(string name, byte[] bytes)
    {
        Assert.NotEmpty(name);
        CheckRefused(bytes);
    }

    [Fact]
    public void Parse_ChecksumOfAnyChangedByte_IsRefused()
    {
        var header = WithChecksum(Client4);
        for (var i = 16; i < header.Length; i++)
        {
            byte[] changed = [.. header];
            changed[i] ^= 0x40;
            Assert.Equal(0, ProxyHeaderParser.Parse(changed, out var read, out var problem));

            // A changed type of the extension makes it one without a checksum.
            Assert.True(read is null ? problem is not null : i == 28, $"byte {i} was changed");
        }
    }

    [Fact]
    public void Parse_AnyBytes_EndsBounded() =>
        Gen.OneOf(
                Gen.Byte.Array[0, 300],
                Gen.Byte.Array[0, 300].Select(rest => (byte[])[.. Signature, .. rest]),
                Gen.Byte.Array[0, 120].Select(rest => (byte[])[.. "PROXY "u8, .. rest]),
                Gen.String[Gen.Char["PROXYTCP46 UNKNOW0123456789.:\r\n"], 0, 120].Select(text => Encoding.ASCII.GetBytes("PROXY " + text)))
            .Sample(bytes =>
            {
                for (var count = 0; count <= bytes.Length;)
                {
                    var needed = ProxyHeaderParser.Parse(bytes.AsSpan(0, count), out var header, out var problem);
                    if (needed == 0)
                    {
                        return (header is null) != (problem is null) && (header is null || header.Length <= count);
                    }

                    if (needed <= count || needed > ProxyHeaderBlock.MaxLength + 16 || header is not null || problem is not null)
                    {
                        return false;
                    }

                    count = needed;
                }

                return true;
            }, iter: 5_000);

    private static void Check(byte[] bytes, Expected expected)
    {
        byte[] behind = [.. bytes, .. "GET / HTTP/1.1\r\n"u8];
        for (var count = 0; count <= behind.Length; count++)
        {
            var needed = ProxyHeaderParser.Parse(behind.AsSpan(0, count), out var header, out var problem);
            Assert.Null(problem);
            if (count < bytes.Length)
            {
                Assert.Null(header);
                Assert.InRange(needed, count + 1, bytes.Length);
            }
            else
            {
                Assert.Equal((0, bytes.Length), (needed, header!.Length));
                Assert.Equal(expected, new Expected(header.Kind, header.Source?.ToString(), header.Destination?.ToString(), header.IsTls));
            }
        }
    }

    private static void CheckRefused(byte[] bytes)
    {
        var refused = false;
        for (var count = 0; count <= bytes.Length; count++)
        {
            var needed = ProxyHeaderParser.Parse(bytes.AsSpan(0, count), out var header, out var problem);
            Assert.Null(header);
            Assert.Equal(problem is null, needed > 0);
            Assert.True(!refused || problem is not null, "it was refused with fewer bytes and no longer is");
            refused = problem is not null;
        }

        Assert.True(refused);
    }

    private sealed record Expected(ProxyHeaderKind Kind, string? Source, string? Destination, bool IsTls = false);
}
