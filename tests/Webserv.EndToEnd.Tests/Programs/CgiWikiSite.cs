namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>DokuWiki whose PHP is started for each request.</summary>
public sealed class CgiWikiSite() : WikiSite(block: 0);
