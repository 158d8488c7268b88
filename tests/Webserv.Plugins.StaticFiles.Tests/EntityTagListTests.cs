using Microsoft.Extensions.Primitives;
using Webserv.Representations;

namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class EntityTagListTests
{
    [Theory]
    [InlineData("*", true, true)]
    [InlineData(" * ", true, true)]
    [InlineData("\"a\"", true, true)]
    [InlineData("\"b\"", false, false)]
    [InlineData("W/\"a\"", false, true)]
    [InlineData("w/\"a\"", false, false)]
    [InlineData("\"b\", \"a\"", true, true)]
    [InlineData("\"b\",\"a\"", true, true)]
    [InlineData("\"b\" , W/\"a\"", false, true)]
    [InlineData("W/\"b\",W/\"c\" ,\t\"a\"", true, true)]
    [InlineData(",, \"a\",", true, true)]
    [InlineData("\"x,y\", \"a\"", true, true)]
    [InlineData("\"x,\"a\"", false, false)]
    [InlineData("\"\"", false, false)]
    [InlineData("\"A\"", false, false)]
    [InlineData("a", false, false)]
    [InlineData("'a'", false, false)]
    [InlineData("\"a", false, false)]
    [InlineData("a\"", false, false)]
    [InlineData("\"b\" \"a\"", false, false)]
    [InlineData("b, \"a\"", false, false)]
    [InlineData("", false, false)]
    [InlineData(",", false, false)]
    [InlineData("*, \"b\"", false, false)]
    [InlineData("W/", false, false)]
    public void Matches_List_IsComparedAsTheFieldAsks(string field, bool strong, bool weak)
    {
        Assert.Equal(strong, EntityTagList.Matches(field, "\"a\"", isWeakComparison: false));
        Assert.Equal(weak, EntityTagList.Matches(field, "\"a\"", isWeakComparison: true));
    }

    [Theory]
    [InlineData("*", true, true)]
    [InlineData("\"a\"", false, true)]
    [InlineData("W/\"a\"", false, true)]
    [InlineData("\"b\", W/\"a\"", false, true)]
    [InlineData("W/\"b\"", false, false)]
    [InlineData("W/W/\"a\"", false, false)]
    public void Matches_WeakCurrentTag_IsComparedWeaklyAlone(string field, bool strong, bool weak)
    {
        Assert.Equal(strong, EntityTagList.Matches(field, "W/\"a\"", isWeakComparison: false));
        Assert.Equal(weak, EntityTagList.Matches(field, "W/\"a\"", isWeakComparison: true));
    }

    [Fact]
    public void Matches_SeveralLines_AreOneList() =>
        Assert.True(EntityTagList.Matches(new StringValues(["\"b\"", "\"c\", \"a\""]), "\"a\"", isWeakComparison: false));
}
