using Microsoft.Extensions.Options;
using Webserv.Abstractions.Configuration;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Testing.Plugins;

namespace Webserv.Testing.Tests;

/// <summary>Options by name are read as those of a configuration.</summary>
public sealed class NamedOptionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Patience", "10s")]
    [InlineData("patience", "00:00:10")]
    [InlineData("PATIENCE", "10000ms")]
    public async Task UseAsync_Duration_IsThatOfAConfiguration(string name, string value) =>
        Assert.Equal(TimeSpan.FromSeconds(10), (await UseAsync(name, value)).Patience);

    [Fact]
    public async Task UseAsync_Values_AreThoseOfAConfiguration()
    {
        Assert.Equal(10 << 20, (await UseAsync("size", "10MB")).Size!.Value.Bytes);
        Assert.Equal(512, (await UseAsync("Size", 512)).Size!.Value.Bytes);
        Assert.Null((await UseAsync("Size", null)).Size);
        Assert.Equal(7, (await UseAsync("Count", 7L)).Count);
        Assert.Equal(DayOfWeek.Friday, (await UseAsync("Day", "friday")).Day);
        Assert.Equal("http://a/", (await UseAsync("Place", "http://a/")).Place!.OriginalString);
        Assert.True((await UseAsync("On", true)).On);
        Assert.Equal(TimeSpan.FromTicks(1), (await UseAsync("Patience", TimeSpan.FromTicks(1))).Patience);
    }

    [Fact]
    public async Task UseAsync_ListsAndObjects_AreThoseOfAConfiguration()
    {
        Assert.Equal(["a", "b"], (await UseAsync("Names", new[] { "a", "b" })).Names);
        Assert.Equal(["a"], (await UseAsync("Names", "a")).Names);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)], (await UseAsync("Waits", new List<object> { "1s", TimeSpan.FromMinutes(1) })).Waits);
        Assert.Equal(["x"], (await UseAsync("Kept", new[] { "x" })).Kept);
        Assert.Equal(3, (await UseAsync("Weights", new Dictionary<string, object?> { ["a"] = "3" })).Weights["a"]);
        Assert.Equal(TimeSpan.FromSeconds(2), (await UseAsync("Inner", new Dictionary<string, object?> { ["patience"] = "2s" })).Inner.Patience);
    }

    [Theory]
    [InlineData("Patience", "10", "'10' is not a duration; write for example 10s, 250ms, 5m or 00:00:10")]
    [InlineData("Patience", 10, "'10' is not a duration")]
    [InlineData("Size", "10 bytes", "'10 bytes' is not a size")]
    [InlineData("Count", "x", "'x' is not a whole number")]
    [InlineData("Count", 1.5, "'1.5' is not a whole number")]
    [InlineData("Day", "5", "'5' is not one of Sunday")]
    [InlineData("On", 1, "'1' is neither true nor false")]
    [InlineData("Text", 1, "a string is expected here")]
    [InlineData("Count", null, "null is no value here")]
    [InlineData("Waits", "1s", "a list [ … ] is expected here")]
    [InlineData("Pateince", "10s", "did you mean 'Patience'?")]
    [InlineData("Fixed", "x", "valid here: ")]
    public async Task UseAsync_WhatAConfigurationRefuses_IsRefused(string name, object? value, string message)
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => UseAsync(name, value));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    private static async Task<ValueOptions> UseAsync(string name, object? value)
    {
        await using var host = await PluginHost.CreateAsync<ValuePlugin>(cancellation: Cancellation);
        var middleware = await host.UseAsync("Value", new Dictionary<string, object?> { [name] = value }, cancellation: Cancellation);
        return ((ValueMiddleware)middleware).Options;
    }

    private sealed class ValuePlugin : IPlugin
    {
        public void Configure(IPluginBuilder builder) => builder.AddMiddleware<ValueMiddleware, ValueOptions, ValueValidator>("Value");
    }

    private sealed class ValueOptions
    {
        public TimeSpan Patience { get; set; }

        public ByteSize? Size { get; set; } = 1;

        public int Count { get; set; }

        public DayOfWeek Day { get; set; }

        public Uri? Place { get; set; }

        public bool On { get; set; }

        public string Text { get; set; } = "";

        public IReadOnlyList<string> Names { get; set; } = ["default"];

        public TimeSpan[] Waits { get; set; } = [];

        public List<string> Kept { get; } = ["default"];

        public Dictionary<string, int> Weights { get; set; } = [];

        public InnerOptions Inner { get; set; } = new();

        public string Fixed { get; } = "";
    }

    private sealed class InnerOptions
    {
        public TimeSpan Patience { get; set; }
    }

    private sealed class ValueValidator : IValidateOptions<ValueOptions>
    {
        public ValidateOptionsResult Validate(string? name, ValueOptions options) => ValidateOptionsResult.Success;
    }

    private sealed class ValueMiddleware(IOptions<ValueOptions> options) : IMiddleware
    {
        public ValueOptions Options => options.Value;

        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);
    }
}
