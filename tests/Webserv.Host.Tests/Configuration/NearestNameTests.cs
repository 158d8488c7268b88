using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("Pipline", "Pipeline")]
    [InlineData("pipeline", "Pipeline")]
    [InlineData("Lisetn", "Listen")]
    [InlineData("Rot", "Root")]
    [InlineData("Xyz", null)]
    [InlineData("", null)]
    public void Find_Word_IsTheNearestOrNone(string word, string? expected) =>
        Assert.Equal(expected, NearestName.Find(word, ["Listen", "Pipeline", "Root"]));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    public void Distance_Words_IsTheNumberOfSlips(string left, string right, int expected)
    {
        Assert.Equal(expected, NearestName.Distance(left, right));
        Assert.Equal(expected, NearestName.Distance(right, left));
    }
}
