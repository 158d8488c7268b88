using Webserv.EndToEnd.Tests.Browser;

namespace Webserv.EndToEnd.Tests.Programs;

[Collection(BrowsedPrograms.Name)]
public sealed class CgiDokuWikiTests(CgiWikiSite site, Chromium chromium) : DokuWikiTests(site, chromium), IClassFixture<CgiWikiSite>;
