using System.Net;
using CsCheck;
using Webserv.Host.Http1;
using Webserv.Host.Proxies;

namespace Webserv.Host.Tests.Proxies;

/// <summary>Who is the client, by what proxies say: 10.0.0.0/8, fd00::/8 and unix-domain sockets are trusted, the peer is 10.0.0.1.</summary>
public sealed class ForwardedPolicyTests
{
    private static readonly IPEndPoint Peer = new(IPAddress.Parse("10.0.0.1"), 4000);

    private static readonly NetworkSet Trusted = new([Parse("10.0.0.0/8"), Parse("fd00::/8")], includesUnix: true);

    [Theory]
    // Nothing said: the peer.
    [InlineData("", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For:", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: , ,", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1", "10.0.0.1:4000")]
    [InlineData("X-Real-IP: 192.0.2.1", "10.0.0.1:4000")]
    // One hop.
    [InlineData("X-Forwarded-For: 192.0.2.1", "192.0.2.1:0")]
    [InlineData("x-forwarded-for: 192.0.2.1:1234", "192.0.2.1:1234")]
    [InlineData("X-Forwarded-For: 2001:db8::1", "[2001:db8::1]:0")]
    [InlineData("X-Forwarded-For: [2001:db8::1]", "[2001:db8::1]:0")]
    [InlineData("X-Forwarded-For: [2001:db8::1]:1234", "[2001:db8::1]:1234")]
    [InlineData("X-Forwarded-For: ::ffff:192.0.2.1", "192.0.2.1:0")]
    [InlineData("X-Forwarded-For: 192.0.2.1,", "192.0.2.1:0")]
    [InlineData("X-Forwarded-For: ,192.0.2.1 ,\t,", "192.0.2.1:0")]
    // From the right, over what is trusted.
    [InlineData("X-Forwarded-For: 203.0.113.9, 192.0.2.1", "192.0.2.1:0")]
    [InlineData("X-Forwarded-For: 203.0.113.9, 192.0.2.1, 10.0.0.2", "192.0.2.1:0")]
    [InlineData("X-Forwarded-For: 203.0.113.9,192.0.2.1,10.0.0.2,fd00::3", "192.0.2.1:0")]
    [InlineData("X-Forwarded-For: 192.0.2.1:99, [fd00::3]:5, 10.0.0.2:7", "192.0.2.1:99")]
    [InlineData("X-Forwarded-For: 10.0.0.3, 10.0.0.2", "10.0.0.3:0")]
    [InlineData("X-Forwarded-For: ::ffff:10.0.0.3, 192.0.2.1, ::ffff:10.0.0.2", "192.0.2.1:0")]
    [InlineData("X-Forwarded-For: 203.0.113.9\nX-Forwarded-For: 192.0.2.1", "192.0.2.1:0")]
    [InlineData("X-Forwarded-For: 192.0.2.1\nX-Forwarded-For: 10.0.0.2", "192.0.2.1:0")]
    [InlineData("X-Forwarded-For: 203.0.113.9, 192.0.2.1\nX-Forwarded-For:\nX-Forwarded-For: 10.0.0.2", "192.0.2.1:0")]
    // What cannot be told ends the walk at the hop before.
    [InlineData("X-Forwarded-For: unknown", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, unknown, 10.0.0.2", "10.0.0.2:0")]
    [InlineData("X-Forwarded-For: 192.0.2.1, _hidden, 10.0.0.2:8", "10.0.0.2:8")]
    [InlineData("X-Forwarded-For: 192.0.2.1, nonsense, 10.0.0.2", "10.0.0.2:0")]
    [InlineData("X-Forwarded-For: 192.0.2.1, 10.0.0.02", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, 10.2", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, 10.0.0.2:65536", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, 10.0.0.2:", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, [10.0.0.2]", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, [fd00::3", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, fd00::3]", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, []", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, :", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, fd00::3%eth0", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, \"10.0.0.2\"", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1, 10.0.0.2 10.0.0.3", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1; 10.0.0.2", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: <script>", "10.0.0.1:4000")]
    public void Read_ForwardedFor_TellsTheClient(string lines, string expected) =>
        Assert.Equal(expected, Client(Read(ForwardedFields.XForwarded, lines)));

    [Theory]
    // Nothing said.
    [InlineData("", "10.0.0.1:4000")]
    [InlineData("Forwarded:", "10.0.0.1:4000")]
    [InlineData("X-Forwarded-For: 192.0.2.1", "10.0.0.1:4000")]
    // RFC 7239 sections 4, 6 and 7.1.
    [InlineData("Forwarded: for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60:0")]
    [InlineData("Forwarded: For=\"[2001:db8:cafe::17]:4711\"", "[2001:db8:cafe::17]:4711")]
    [InlineData("Forwarded: for=192.0.2.43, for=10.0.0.17", "192.0.2.43:0")]
    [InlineData("Forwarded: for=192.0.2.43, for=198.51.100.17;by=203.0.113.60;proto=http;host=example.com", "198.51.100.17:0")]
    [InlineData("Forwarded: for=_hidden, for=_SEVKISEK", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.43,for=\"[2001:db8:cafe::17]\",for=unknown", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.43\nForwarded: for=\"[fd00:db8:cafe::17]\", for=10.0.0.2", "192.0.2.43:0")]
    [InlineData("Forwarded: for=\"_gazonk\"", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=\"192.0.2.43:47011\"", "192.0.2.43:47011")]
    [InlineData("Forwarded: for=\"192.0.2.43:_port\"", "192.0.2.43:0")]
    [InlineData("Forwarded: for=\"[::ffff:192.0.2.1]\"", "192.0.2.1:0")]
    // Legal, if unusual.
    [InlineData("Forwarded: FOR=192.0.2.1;PROTO=https", "192.0.2.1:0")]
    [InlineData("Forwarded: by=_proxy;for=192.0.2.1", "192.0.2.1:0")]
    [InlineData("Forwarded: ;for=192.0.2.1;", "192.0.2.1:0")]
    [InlineData("Forwarded: for=192.0.2.1 ; proto=http", "192.0.2.1:0")]
    [InlineData("Forwarded: for=\"192.0.2.\\1\"", "192.0.2.1:0")]
    [InlineData("Forwarded: for=192.0.2.1;ext=\"a,b;c=\\\"d\\\\\"", "192.0.2.1:0")]
    [InlineData("Forwarded: for=192.0.2.1;ext=\"a, for=203.0.113.9\"", "192.0.2.1:0")]
    [InlineData("Forwarded: , for=192.0.2.1, ,", "192.0.2.1:0")]
    // Who is not named hides who is before.
    [InlineData("Forwarded: for=192.0.2.1, proto=http", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=\"unknown:80\", for=10.0.0.2", "10.0.0.2:0")]
    // Malformed elements.
    [InlineData("Forwarded: for=192.0.2.1, for", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, =10.0.0.2", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for =10.0.0.2", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for= 10.0.0.2", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, 10.0.0.2", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=10.0.0.2;for=10.0.0.3", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=10.0.0.2;a=1;A=2", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=10.0.0.2;by=nonsense", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=10.0.0.2 proto=http", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=10.0.0.2:80", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=[fd00::2]", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=\"fd00::2\"", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=\"10.0.0.2", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=\"10.0.0.2\\\"", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=\"10.0.0.2\"x", "10.0.0.1:4000")]
    [InlineData("Forwarded: for=192.0.2.1, for=\"\"", "10.0.0.1:4000")]
    // What a client sent cannot reach over to what its proxy adds.
    [InlineData("Forwarded: for=\"203.0.113.9, for=192.0.2.1", "192.0.2.1:0")]
    [InlineData("Forwarded: for=\"203.0.113.9\\, for=192.0.2.1", "192.0.2.1:0")]
    [InlineData("Forwarded: for=203.0.113.9;x=\", for=\"192.0.2.1:5\"", "192.0.2.1:5")]
    [InlineData("Forwarded: \"\"\", for=\"[2001:db8::1]\";proto=https", "[2001:db8::1]:0")]
    public void Read_Forwarded_TellsTheClient(string lines, string expected) =>
        Assert.Equal(expected, Client(Read(ForwardedFields.Forwarded, lines)));

    [Theory]
    [InlineData("X-Forwarded-Proto: https", "https")]
    [InlineData("X-Forwarded-Proto: HTTPS", "https")]
    [InlineData("X-Forwarded-Proto: http", "http")]
    [InlineData("X-Forwarded-Proto: javascript", null)]
    [InlineData("X-Forwarded-Proto: wss", null)]
    [InlineData("X-Forwarded-Proto:", null)]
    [InlineData("X-Forwarded-Proto: http, https", "https")]
    [InlineData("Forwarded: proto=https", null)]
    // Written together with the address of the client, one hop further than the last.
    [InlineData("X-Forwarded-For: 192.0.2.1, 10.0.0.2\nX-Forwarded-Proto: https, http", "https")]
    [InlineData("X-Forwarded-For: 203.0.113.9, 192.0.2.1, 10.0.0.2\nX-Forwarded-Proto: http, https, http", "https")]
    [InlineData("X-Forwarded-For: 192.0.2.1\nX-Forwarded-Proto: https, http", "http")]
    // Handed on by the nearer proxies.
    [InlineData("X-Forwarded-For: 192.0.2.1, 10.0.0.2, 10.0.0.3\nX-Forwarded-Proto: https", "https")]
    public void Read_ForwardedProto_TellsTheScheme(string lines, string? expected) =>
        Assert.Equal(expected, Read(ForwardedFields.XForwarded, lines).Scheme);

    [Theory]
    [InlineData("Forwarded: proto=https", "https")]
    [InlineData("Forwarded: for=192.0.2.1;proto=HTTPS", "https")]
    [InlineData("Forwarded: for=192.0.2.1;proto=\"https\"", "https")]
    [InlineData("Forwarded: for=192.0.2.1;proto=gopher", null)]
    [InlineData("Forwarded: for=192.0.2.1", null)]
    [InlineData("Forwarded: for=192.0.2.1;proto=https, for=10.0.0.2;proto=http", "https")]
    [InlineData("Forwarded: for=203.0.113.9;proto=http, for=192.0.2.1;proto=https, for=10.0.0.2;proto=http", "https")]
    [InlineData("Forwarded: for=192.0.2.1, for=10.0.0.2;proto=https", "https")]
    [InlineData("Forwarded: for=192.0.2.1;proto=http, for=unknown;proto=https", "https")]
    [InlineData("Forwarded: for=192.0.2.1;proto=https;proto=https", null)]
    [InlineData("X-Forwarded-Proto: https", null)]
    public void Read_ForwardedElement_TellsTheScheme(string lines, string? expected) =>
        Assert.Equal(expected, Read(ForwardedFields.Forwarded, lines).Scheme);

    [Theory]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: example.com", "example.com")]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: example.com:8443", "example.com:8443")]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: [2001:db8::1]:8443", "[2001:db8::1]:8443")]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: evil.example, example.com", "example.com")]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-For: 192.0.2.1, 10.0.0.2\nX-Forwarded-Host: evil.example, example.com, inner.example", "example.com")]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: example.com/path", null)]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: user@example.com", null)]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: example.com:99999", null)]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: exam ple.com", null)]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: exämple.com", null)]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host: :80", null)]
    [InlineData(ForwardedFields.XForwarded, "X-Forwarded-Host:", null)]
    [InlineData(ForwardedFields.XForwarded, "Forwarded: host=example.com", null)]
    [InlineData(ForwardedFields.Forwarded, "Forwarded: host=example.com", "example.com")]
    [InlineData(ForwardedFields.Forwarded, "Forwarded: for=192.0.2.1;host=\"example.com:8443\", for=10.0.0.2;host=inner.example", "example.com:8443")]
    [InlineData(ForwardedFields.Forwarded, "Forwarded: for=192.0.2.1;host=\"user@example.com\"", null)]
    [InlineData(ForwardedFields.Forwarded, "Forwarded: for=192.0.2.1;host=\"\"", null)]
    [InlineData(ForwardedFields.Forwarded, "X-Forwarded-Host: example.com", null)]
    internal void Read_ForwardedHost_CountsOnlyIfAskedFor(ForwardedFields fields, string lines, string? expected)
    {
        Assert.Equal(expected, Read(fields, lines, takesHost: true).Host?.Authority);
        Assert.Null(Read(fields, lines, takesHost: false).Host);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("X-Forwarded-For: unknown", false)]
    [InlineData("X-Forwarded-Proto: x", false)]
    [InlineData("X-Forwarded-For: 192.0.2.1", true)]
    [InlineData("X-Forwarded-For: 10.0.0.1", true)]
    [InlineData("X-Forwarded-Proto: http", true)]
    public void Read_AnythingTold_IsForwarded(string lines, bool expected) =>
        Assert.Equal(expected, Read(ForwardedFields.XForwarded, lines).IsForwarded);

    [Fact]
    public void Read_UnixPeer_IsFollowed()
    {
        var origin = new ForwardedPolicy(Trusted, ForwardedFields.XForwarded, takesHost: false)
            .Read(new GivenFields("X-Forwarded-For: 203.0.113.9, 192.0.2.1, 10.0.0.2"), null, new HostNameCache());
        Assert.Equal("192.0.2.1:0", Client(origin));
    }

    [Fact]
    public void Read_ListOfTrustedProxies_IsBounded()
    {
        var lines = "X-Forwarded-For: 192.0.2.1" + string.Concat(Enumerable.Range(0, 3000).Select(i => $", 10.0.1.{i % 256}"));
        Assert.Equal($"10.0.1.{(3000 - ForwardedPolicy.MaxElements) % 256}:0", Client(Read(ForwardedFields.XForwarded, lines)));
        var commas = "X-Forwarded-For: 192.0.2.1" + new string(',', ForwardedPolicy.MaxElements);
        Assert.Equal("10.0.0.1:4000", Client(Read(ForwardedFields.XForwarded, commas)));
    }

    /// <summary>Whatever is left of what the first untrusted hop's proxy wrote: it never throws, and it changes nothing.</summary>
    [Fact]
    public void Read_AnythingBeforeTheClient_ChangesNothing() =>
        Gen.Select(
            Gen.Enum<ForwardedFields>(),
            Gen.String[Gen.Char["for=by;host:proto\"\\,_[]012.:a \t"], 0, 60],
            Gen.String[Gen.Char["for=by;host:proto\"\\,_[]012.:a \t"], 0, 20],
            Gen.Bool,
            Gen.Int[0, 3])
            .Sample((fields, before, line, isSameLine, hops) =>
            {
                var (prefix, name) = fields == ForwardedFields.Forwarded ? ("for=", "Forwarded") : ("", "X-Forwarded-For");
                var list = prefix + "192.0.2.1" + string.Concat(Enumerable.Repeat($", {prefix}10.0.0.2", hops));
                var all = $"{name}: {line}\n{name}: {before}" + (isSameLine ? "," : $"\n{name}:") + list;
                return Client(Read(fields, all)) == "192.0.2.1:0";
            }, iter: 5_000);

    /// <summary>Only hops behind which everything is trusted can be the client.</summary>
    [Fact]
    public void Read_AnyList_StopsAtTheFirstThatIsNotTrusted() =>
        Gen.Select(Gen.Enum<ForwardedFields>(), Gen.Int[0, 3].Array[0, 8]).Sample((fields, kinds) =>
        {
            var (prefix, name) = fields == ForwardedFields.Forwarded ? ("for=", "Forwarded") : ("", "X-Forwarded-For");
            string[] hops = [.. kinds.Select((kind, i) => kind switch { 0 => "unknown", 1 => $"192.0.2.{i}", _ => $"10.0.1.{i}" })];
            var expected = "10.0.0.1:4000";
            for (var i = kinds.Length - 1; i >= 0 && kinds[i] != 0; i--)
            {
                expected = hops[i] + ":0";
                if (kinds[i] == 1)
                {
                    break;
                }
            }

            return Client(Read(fields, $"{name}: " + string.Join(", ", hops.Select(hop => prefix + hop)))) == expected;
        });

    private static ForwardedOrigin Read(ForwardedFields fields, string lines, bool takesHost = false) =>
        new ForwardedPolicy(Trusted, fields, takesHost).Read(new GivenFields(lines), Peer, new HostNameCache());

    private static string Client(ForwardedOrigin origin) => new IPEndPoint(origin.Address!, origin.Port).ToString();

    private static Network Parse(string text)
    {
        Assert.Null(Network.Parse(text, out var network));
        return network;
    }
}
