namespace Webserv.Plugins.FastCgi.Tests.Fixtures;

/// <summary>A record as the fake program read it.</summary>
internal sealed record FakeRecord(byte Type, int Id, byte[] Content);
