namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>DokuWiki whose PHP stays, started and supervised by the server.</summary>
public sealed class PhpWikiSite() : WikiSite(block: 1);
