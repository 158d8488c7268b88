namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

public sealed class EncodingOptionsTests
{
    public static TheoryData<string, Action<StaticFilesOptions>> Wrong => new()
    {
        { "Precompressed:1: 'deflate' is none of br, zstd, gzip", options => options.Precompressed = ["br", "deflate"] },
        { "Precompressed:0: '' is none of br, zstd, gzip", options => options.Precompressed = [""] },
        { "Compression:Codings:0: 'gz' is none of br, zstd, gzip", options => options.Compression.Codings = ["gz"] },
        { "Compression:MaxSize: 257MB is more than 256MB", options => options.Compression.MaxSize = 257 << 20 },
        { "Compression:MinSize: 2KB is more than MaxSize, 1KB", options => (options.Compression.MinSize, options.Compression.MaxSize) = (2048, 1024) },
        { "Compression:MaxConcurrent: -1 is not within 0 to 1024", options => options.Compression.MaxConcurrent = -1 },
        { "Compression:MaxConcurrent: 1025 is not within 0 to 1024", options => options.Compression.MaxConcurrent = 1025 },
        { "Compression:Effort: '7' is none of Fast, Balanced", options => options.Compression.Effort = (CompressionEffort)7 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_WrongOption_IsNamed(string expected, Action<StaticFilesOptions> configure) =>
        Assert.Equal([expected], Validate(configure).Failures);

    [Fact]
    public void Validate_SensibleOptions_Pass() => Assert.True(Validate(options =>
    {
        options.Precompressed = ["br", "zstd", "gzip", "x-gzip"];
        options.Compression.Codings = ["GZIP"];
        options.Compression.CacheSize = 0;
        options.Compression.MinSize = 0;
        options.Compression.MaxSize = 256 << 20;
        options.Compression.MaxConcurrent = 1024;
        options.Compression.Effort = CompressionEffort.Fast;
    }).Succeeded);

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(Action<StaticFilesOptions> configure)
    {
        var options = new StaticFilesOptions();
        configure(options);
        return new StaticFilesOptionsValidator().Validate(null, options);
    }
}
