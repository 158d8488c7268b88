using Webserv.EndToEnd.Tests.Browser;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>The tests that look at programs in Chromium: one after the other, with one Chromium for all.</summary>
[CollectionDefinition(Name)]
public sealed class BrowsedPrograms : ICollectionFixture<Chromium>
{
    public const string Name = "Programs in Chromium";
}
