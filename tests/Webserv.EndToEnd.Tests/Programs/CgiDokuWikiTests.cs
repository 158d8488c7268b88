namespace Webserv.EndToEnd.Tests.Programs;

public sealed class CgiDokuWikiTests(CgiWikiSite site) : DokuWikiTests(site), IClassFixture<CgiWikiSite>;
