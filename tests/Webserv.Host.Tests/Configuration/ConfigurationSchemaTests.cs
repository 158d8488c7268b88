using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

public sealed class ConfigurationSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(ConfigurationSchema.ToJson())!;

    [Fact]
    public void ToJson_EveryReference_HasItsDefinition()
    {
        var references = Regex.Matches(ConfigurationSchema.ToJson(), "\"#/\\$defs/(\\w+)\"").Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.Contains("PipelineEntry", references);
        Assert.All(references, name => Assert.NotNull(Schema["$defs"]![name]));
    }

    [Fact]
    public void ToJson_EveryOption_HasADescription()
    {
        foreach (var (name, definition) in Schema["$defs"]!.AsObject())
        {
            foreach (var (key, property) in definition!["properties"]?.AsObject() ?? [])
            {
                Assert.True(key == "$schema" || property!["description"] is not null, $"{name}.{key} needs a [Description]");
            }
        }
    }

    [Fact]
    public void ToJson_Limits_HaveTypesRangesAndDefaults()
    {
        var limits = Schema["$defs"]!["Limits"]!["properties"]!;
        Assert.Equal(10_000, limits["MaxConnections"]!["default"]!.GetValue<int>());
        Assert.Equal("integer", limits["MaxConnections"]!["anyOf"]![0]!["type"]!.GetValue<string>());
        Assert.Equal(1, limits["MaxConnections"]!["anyOf"]![0]!["minimum"]!.GetValue<int>());
        Assert.Equal("75s", limits["KeepAliveTimeout"]!["default"]!.GetValue<string>());
        Assert.Equal("32KB", limits["MaxRequestHeadSize"]!["default"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("10MB", true)]
    [InlineData("16 kib", true)]
    [InlineData("512", true)]
    [InlineData("10MBB", false)]
    [InlineData("1.5MB", false)]
    public void ToJson_PatternOfSizes_AcceptsWhatTheLoaderDoes(string text, bool valid)
    {
        var pattern = Schema["$defs"]!["Limits"]!["properties"]!["MaxDrainSize"]!["anyOf"]![1]!["pattern"]!.GetValue<string>();
        Assert.Equal(valid, Regex.IsMatch(text, pattern));
        Assert.Equal(valid, Abstractions.Configuration.ByteSize.TryParse(text, out _));
    }

    [Theory]
    [InlineData("10s", true)]
    [InlineData("250ms", true)]
    [InlineData("1.5 h", true)]
    [InlineData("00:00:10", true)]
    [InlineData("1.00:00:10.5", true)]
    [InlineData("10", false)]
    [InlineData("10 sec", false)]
    public void ToJson_PatternOfDurations_AcceptsWhatTheLoaderDoes(string text, bool valid)
    {
        var pattern = Schema["$defs"]!["Limits"]!["properties"]!["KeepAliveTimeout"]!["anyOf"]![0]!["pattern"]!.GetValue<string>();
        Assert.Equal(valid, Regex.IsMatch(text, pattern));
        Assert.Equal(valid, Duration.TryParse(text, out _));
    }

    [Fact]
    public void ToMarkdown_CommittedPage_IsUpToDate()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "configuration.md"));
        Assert.True(
            ConfigurationReference.ToMarkdown() == page,
            "docs/configuration.md is out of date: dotnet run --project Webserv.Host -- schema --markdown > docs/configuration.md");
    }

    [Fact]
    public void Check_DefaultsOfEveryShape_AreInTheirRanges()
    {
        var errors = new ConfigurationErrors("f");
        AllowedRange.Check(new LimitsOptions(), "Limits", errors);
        AllowedRange.Check(new TransportOptions(), "Transport", errors);
        AllowedRange.Check(new FileCacheOptions(), "FileCache", errors);
        Assert.Empty(errors.ToList());
    }
}
