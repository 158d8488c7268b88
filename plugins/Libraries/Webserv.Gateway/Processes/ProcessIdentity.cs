namespace Webserv.Gateway.Processes;

/// <summary>As whom a program runs. Its real, effective and saved ids are the same.</summary>
/// <param name="User">The user's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Groups">All its supplementary groups; no other is kept.</param>
internal sealed record ProcessIdentity(uint User, uint Group, IReadOnlyList<uint> Groups);
