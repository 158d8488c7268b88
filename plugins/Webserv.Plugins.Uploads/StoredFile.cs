namespace Webserv.Plugins.Uploads;

/// <summary>What became of an upload.</summary>
/// <param name="Name">The name it got.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="IsNew">Whether nothing had that name before.</param>
/// <param name="Identity">Its <see cref="FileIdentity"/>.</param>
internal sealed record StoredFile(string Name, long Length, bool IsNew, string? Identity);
