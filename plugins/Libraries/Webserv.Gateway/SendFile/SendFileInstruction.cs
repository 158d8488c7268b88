namespace Webserv.Gateway.SendFile;

/// <summary>A field by which a script names a file to be sent in place of its own body.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Value">Its value, one character an octet.</param>
internal readonly record struct SendFileInstruction(string Field, string Value);
