using CsCheck;

namespace Webserv.Host.Tests.Configuration;

public sealed class ConfigurationLoaderProperties : IDisposable
{
    private static readonly byte[] Valid = System.Text.Encoding.UTF8.GetBytes("""
        { "$schema": "x", // comment
          "Webserv": { "Limits": { "MaxConnections": 9, "RequestHeadTimeout": "10s", "MaxRequestBodySize": "${A:-1MB}" },
            "Transport": { "Kind": "Auto" }, "Plugins": { "Directories": ["p"] },
            "VirtualServers": [ { "Name": "a", "Listen": ["http://127.0.0.1:80", "unix:/run/x"], "HostNames": ["*.example.com", "[::1]"],
              "Root": "site", "ErrorPages": { "404": "/e.html" },
              "Pipeline": [ { "Use": "A", "When": { "Path": "/a/*" }, "Options": { "X": [1, null, true, { "y": "\u00e4" }] } },
                { "Pipeline": [ { "Use": "B", "AllowedMethods": ["GET"] } ] } ] } ] } }
        """);

    private static readonly byte[][] Pieces =
        [.. new[] { "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e999", "-0", "\"\\uD800\"", "\"\\u0000\"", "\"${\"", "${A:-${B:-${", "/*", "//", "\n", "\"Listen\"", "\"Use\"", "\"Pipeline\":", "::", "*", "[::" }
            .Select(System.Text.Encoding.UTF8.GetBytes)];

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_MutatedFile_NeverThrowsAndAnswersOptionsOrErrors()
    {
        Assert.Empty(_folder.Load(Valid).Errors);
        var change = Gen.Select(
            Gen.Int[0, Valid.Length - 1],
            Gen.Int[0, 12],
            Gen.OneOf(Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]), Gen.Byte.Array[0, 4]));
        change.Array[1, 4].Sample(
            changes =>
            {
                var bytes = new List<byte>(Valid);
                foreach (var (at, remove, insert) in changes)
                {
                    var start = Math.Min(at, bytes.Count);
                    bytes.RemoveRange(start, Math.Min(remove, bytes.Count - start));
                    bytes.InsertRange(start, insert);
                }

                var result = _folder.Load([.. bytes]);
                return (result.Options is not null || result.Errors.Count > 0)
                    && result.Errors.All(error => error.Line >= 0 && error.Message.Length > 0);
            },
            iter: 5_000,
            threads: 1);
    }

    [Fact]
    public void Load_CutAnywhere_IsAnErrorAndNoException()
    {
        for (var length = 0; length < Valid.Length; length++)
        {
            Assert.NotEmpty(_folder.Load(Valid[..length]).Errors);
        }
    }
}
