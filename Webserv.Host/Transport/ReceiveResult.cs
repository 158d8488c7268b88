namespace Webserv.Host.Transport;

/// <summary>What a receive brought.</summary>
/// <param name="Count">The number of bytes in the buffer; more than 0 only for <see cref="ReceiveStatus.Received"/>.</param>
/// <param name="Status">How it ended.</param>
internal readonly record struct ReceiveResult(int Count, ReceiveStatus Status);
