namespace Webserv.Samples.GuestBook;

/// <summary>What somebody has written.</summary>
internal sealed record GuestBookEntry(long Id, DateTimeOffset At, string Name, string Message);
