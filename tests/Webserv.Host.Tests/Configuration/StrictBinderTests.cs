using Microsoft.Extensions.Configuration;
using Moq;
using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

public sealed class StrictBinderTests
{
    [Fact]
    public void Bind_EveryType_IsBound()
    {
        var options = new BinderOptions();
        var (bound, errors) = BinderFixture.Bind(options, """
            {
              "text": "a", "NullableText": null, "Flag": true, "Small": 255, "Large": -9223372036854775808, "Huge": 18446744073709551615,
              "Fraction": 1.5e3, "Exact": 0.1, "Day": "friday", "Time": "250ms", "Size": "10MB", "Address": "http://x/", "Maybe": null,
              "MaybeTime": "1d", "Array": "one", "List": [4], "Items": [ { "Name": "x" }, { "Count": 2 } ], "Set": ["a", "b", "a"],
              "Map": { "A": "1" }, "ByNumber": { "404": 10 }, "Lists": { "x": ["1", "2"], "y": "3" }, "Inner": { "Name": "in" },
              "OnlyGot": ["g"], "OnlyGotMap": { "g": 2 }, "OnlyGotInner": { "Count": 3 }, "Even": 4
            }
            """);

        Assert.Empty(errors);
        Assert.True(bound);
        Assert.Equal("a", options.Text);
        Assert.Null(options.NullableText);
        Assert.True(options.Flag);
        Assert.Equal(255, options.Small);
        Assert.Equal(long.MinValue, options.Large);
        Assert.Equal(ulong.MaxValue, options.Huge);
        Assert.Equal(1500, options.Fraction);
        Assert.Equal(0.1m, options.Exact);
        Assert.Equal(DayOfWeek.Friday, options.Day);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.Time);
        Assert.Equal(10 << 20, options.Size.Bytes);
        Assert.Equal(new Uri("http://x/"), options.Address);
        Assert.Null(options.Maybe);
        Assert.Equal(TimeSpan.FromDays(1), options.MaybeTime);
        Assert.Equal(["one"], options.Array);
        Assert.Equal([4], options.List);
        Assert.Equal([("x", 1), ("", 2)], options.Items.Select(item => (item.Name, item.Count)));
        Assert.Equal(["a", "b"], options.Set.Order());
        Assert.Equal("1", options.Map["a"]);
        Assert.Single(options.Map);
        Assert.Equal(10, options.ByNumber[404].Bytes);
        Assert.Equal(["1", "2"], options.Lists["x"]);
        Assert.Equal(["3"], options.Lists["y"]);
        Assert.Equal("in", options.Inner.Name);
        Assert.Equal(["g"], options.OnlyGot);
        Assert.Equal(new Dictionary<string, int> { ["g"] = 2 }, options.OnlyGotMap);
        Assert.Equal(3, options.OnlyGotInner.Count);
        Assert.Equal(4, options.Even);
    }

    [Theory]
    [InlineData("""{ "Array": [], "List": [], "Map": {}, "OnlyGot": [] }""")]
    public void Bind_EmptyListsAndObjects_ReplaceTheDefaults(string json)
    {
        var options = new BinderOptions();
        Assert.True(BinderFixture.Bind(options, json).Bound);
        Assert.Empty(options.Array);
        Assert.Empty(options.List);
        Assert.Empty(options.Map);
        Assert.Empty(options.OnlyGot);
    }

    [Theory]
    [InlineData("""{ "Computed": 1 }""", "Options:Computed: unknown key")]
    [InlineData("""{ "Txt": "a" }""", "Options:Txt: unknown key; did you mean 'Text'?")]
    [InlineData("""{ "Inner": { "Nmae": "a" } }""", "Options:Inner:Nmae: unknown key; did you mean 'Name'?")]
    [InlineData("""{ "Items": [ {}, { "x": 1 } ] }""", "Options:Items:1:x: unknown key; valid here: Name, Count")]
    [InlineData("""{ "Items": [ "a" ] }""", "Options:Items:0: an object { … } is expected here")]
    [InlineData("""{ "Items": "a" }""", "Options:Items: a list [ … ] is expected here")]
    [InlineData("""{ "List": "1" }""", "Options:List: a list [ … ] is expected here")]
    [InlineData("""{ "List": [ null ] }""", "Options:List:0: null is no value here")]
    [InlineData("""{ "Text": null }""", "Options:Text: null is no value here; leave the key out for the default")]
    [InlineData("""{ "Text": true }""", "Options:Text: a string is expected here; write \"true\"")]
    [InlineData("""{ "Text": {} }""", "Options:Text: a single value is expected here, not an object { … }")]
    [InlineData("""{ "Flag": "yes" }""", "Options:Flag: 'yes' is neither true nor false")]
    [InlineData("""{ "Small": 256 }""", "Options:Small: 256 is out of range for this number")]
    [InlineData("""{ "Huge": -1 }""", "Options:Huge: -1 is out of range for this number")]
    [InlineData("""{ "Fraction": "x" }""", "Options:Fraction: 'x' is not a number")]
    [InlineData("""{ "Fraction": 1e999 }""", "Options:Fraction: '1e999' is not a number")]
    [InlineData("""{ "Day": "Fryday" }""", "Options:Day: 'Fryday' is not one of Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday; did you mean 'Friday'?")]
    [InlineData("""{ "Address": "http://[" }""", "Options:Address: 'http://[' is not a URI")]
    [InlineData("""{ "Map": [] }""", "Options:Map: an object { … } is expected here")]
    [InlineData("""{ "Map": { "a": 1 } }""", "Options:Map:a: a string is expected here; write \"1\"")]
    [InlineData("""{ "ByNumber": { "x": 1 } }""", "Options:ByNumber:x: as a key, 'x' is not a whole number")]
    [InlineData("""{ "OnlyGot": null }""", "Options:OnlyGot: null is no value here; leave the key out for the default")]
    [InlineData("""{ "OnlyGotInner": [] }""", "Options:OnlyGotInner: an object { … } is expected here")]
    [InlineData("""{ "Even": 3 }""", "Options:Even: only even numbers")]
    [InlineData("""{ "Anything": 3 }""", "Options:Anything: an option of the type Object cannot be written in a configuration")]
    [InlineData("[]", "Options: an object { … } is expected here")]
    public void Bind_WhatDoesNotFit_IsReported(string json, string expected)
    {
        var (bound, errors) = BinderFixture.Bind(new BinderOptions(), json);
        Assert.Equal([expected], errors);
        Assert.False(bound);
    }

    [Theory]
    [InlineData("""{ "ByNumber": { "404": 1, "0404": 2, "+404": 3 } }""", "Options:ByNumber:")]
    public void Bind_KeysThatAreTheSameNumber_AreReported(string json, string path)
    {
        var (bound, errors) = BinderFixture.Bind(new BinderOptions(), json);
        Assert.False(bound);
        Assert.Equal(2, errors.Length);
        Assert.All(errors, error => Assert.Matches($"^{path}[+0]*404: the key is here already, as '[+0]*404'$", error));
    }

    [Fact]
    public void Bind_SeveralMistakes_ReportsAllAndBindsTheRest()
    {
        var options = new BinderOptions();
        var (bound, errors) = BinderFixture.Bind(options, """{ "Flag": 1, "Text": "kept", "Nope": 1, "List": [ 1, "x", 3 ] }""");
        Assert.False(bound);
        Assert.Equal(3, errors.Length);
        Assert.Equal("kept", options.Text);
        Assert.Equal([1, 3], options.List);
    }

    [Fact]
    public void Bind_ConfigurationWithoutSource_IsBoundAndReportedThroughTheInterface()
    {
        // A collector that knows nothing of JSON, as in tests of plugins.
        var errors = new Mock<IConfigurationErrors>(MockBehavior.Strict);
        errors.Setup(collector => collector.Add("Options:Nope", It.IsAny<string>()));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Options:Text"] = "5",
            ["Options:List:0"] = "7",
            ["Options:Map:k"] = "v",
            ["Options:Nope"] = "1",
        }).Build();
        var options = new BinderOptions();

        Assert.False(StrictBinder.Bind(options, configuration.GetSection("Options"), errors.Object));
        Assert.Equal("5", options.Text);
        Assert.Equal([7], options.List);
        Assert.Equal("v", options.Map["K"]);
        errors.Verify(collector => collector.Add("Options:Nope", It.IsAny<string>()), Times.Once);
    }

    [Fact]
    public void Bind_MissingSection_LeavesTheDefaults()
    {
        var options = new BinderOptions();
        var errors = new ConfigurationErrors("f");
        Assert.True(StrictBinder.Bind(options, new ConfigurationBuilder().Build().GetSection("Options"), errors));
        Assert.Equal("default", options.Text);
    }
}
