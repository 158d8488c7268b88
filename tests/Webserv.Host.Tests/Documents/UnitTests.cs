using Webserv.Host.Tests.Configuration;

namespace Webserv.Host.Tests.Documents;

/// <summary>What the pages show of systemd is what packaging/ has.</summary>
public sealed class UnitTests
{
    private static readonly string Root = RepositoryRoot.Find();

    [Fact]
    public void Operating_DropInForAUserWhoStays_IsThatOfPackaging() =>
        Assert.Contains(
            "```ini\n" + File.ReadAllText(Path.Combine(Root, "packaging", "webserv-user.conf")) + "```\n",
            File.ReadAllText(Path.Combine(Root, "docs", "operating.md")),
            StringComparison.Ordinal);

    /// <summary>A drop-in that turns the user of the unit off must turn on again what that brings, unless the unit says so itself.</summary>
    [Theory]
    [InlineData("RemoveIPC=yes")]
    [InlineData("PrivateTmp=yes")]
    [InlineData("NoNewPrivileges=yes")]
    [InlineData("RestrictSUIDSGID=yes")]
    [InlineData("ProtectSystem=strict")]
    [InlineData("ProtectHome=yes")]
    public void DropIn_WithoutDynamicUser_LosesNoProtection(string setting) =>
        Assert.Contains(
            setting,
            File.ReadLines(Path.Combine(Root, "packaging", "webserv.service")).Concat(File.ReadLines(Path.Combine(Root, "packaging", "webserv-user.conf"))));
}
