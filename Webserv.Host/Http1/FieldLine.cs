namespace Webserv.Host.Http1;

/// <summary>Where a field line lies, in bytes from the beginning of the request head.</summary>
/// <param name="NameStart">The first byte of the name.</param>
/// <param name="NameLength">The length of the name.</param>
/// <param name="ValueStart">The first byte of the value, white space around it left out.</param>
/// <param name="ValueLength">The length of the value.</param>
internal readonly record struct FieldLine(int NameStart, int NameLength, int ValueStart, int ValueLength);
