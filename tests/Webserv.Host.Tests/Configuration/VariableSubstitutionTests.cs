using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

public sealed class VariableSubstitutionTests
{
    private readonly VariableSubstitution _substitution =
        new(new Dictionary<string, string> { ["A"] = "1", ["EMPTY"] = "", ["RECURSIVE"] = "${A}" }.GetValueOrDefault);

    [Theory]
    [InlineData("plain $ { } $5", "plain $ { } $5")]
    [InlineData("${A}", "1")]
    [InlineData("x${A}y${A}z", "x1y1z")]
    [InlineData("[${EMPTY}]", "[]")]
    [InlineData("${EMPTY:-e}", "e")]
    [InlineData("${NO:-}", "")]
    [InlineData("${NO:-a b:-c}", "a b:-c")]
    [InlineData("${NO:-${A}}", "1")]
    [InlineData("${A:-${NO}}", "1")]
    [InlineData("${NO:-${NEITHER:-x}}", "x")]
    [InlineData("$${A}", "${A}")]
    [InlineData("${RECURSIVE}", "${A}")]
    [InlineData("a}b", "a}b")]
    public void Substitute_Text_HasTheValues(string text, string expected)
    {
        Assert.Null(_substitution.Substitute(text, out var result));
        Assert.Equal(expected, result);
    }

    [Theory]
    [InlineData("${NO}", "'NO' is not set")]
    [InlineData("${NO:-${NEITHER}}", "'NEITHER' is not set")]
    [InlineData("${A", "needs a closing brace")]
    [InlineData("${A-x}", "needs a closing brace")]
    [InlineData("${A:-x", "needs a closing brace")]
    [InlineData("${}", "must be followed by the name")]
    [InlineData("${1}", "must be followed by the name")]
    [InlineData("${", "must be followed by the name")]
    public void Substitute_Mistake_IsSaid(string text, string expected) =>
        Assert.Contains(expected, _substitution.Substitute(text, out _), StringComparison.Ordinal);

    [Fact]
    public void Substitute_EndlessNesting_IsRefused()
    {
        var text = string.Concat(Enumerable.Repeat("${NO:-", 100_000));
        Assert.Contains("too deeply", _substitution.Substitute(text, out _), StringComparison.Ordinal);
    }
}
