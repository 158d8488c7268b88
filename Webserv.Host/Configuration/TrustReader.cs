using System.Buffers;
using Webserv.Host.Plugins.Trust;

namespace Webserv.Host.Configuration;

/// <summary>Checks what is said about trust in plugins, and reads the keys.</summary>
internal static class TrustReader
{
    private const int HashDigits = 64;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Checks the hashes and reads the keys; what is wrong is reported.</summary>
    /// <param name="trust">What is written.</param>
    /// <param name="directory">What relative paths are relative to.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static void Read(TrustOptions trust, string directory, string path, ConfigurationErrors errors)
    {
        for (var i = 0; i < trust.Hashes.Count; i++)
        {
            if (trust.Hashes[i].Length != HashDigits || trust.Hashes[i].AsSpan().ContainsAnyExcept(Hexadecimal))
            {
                errors.Add(ItemPath.Of($"{path}:{nameof(trust.Hashes)}", i, errors), "a SHA-256 has 64 hexadecimal digits; webserv plugins hash prints it");
            }
        }

        var keys = new List<TrustedKey>();
        for (var i = 0; i < trust.PublicKeys.Count; i++)
        {
            var file = trust.PublicKeys[i];
            if (string.IsNullOrWhiteSpace(file) || file.Contains('\0', StringComparison.Ordinal))
            {
                errors.Add(ItemPath.Of($"{path}:{nameof(trust.PublicKeys)}", i, errors), "the path of a file is missing");
            }
            else if (TrustedKey.Read(Path.GetFullPath(file, directory), out var problem) is { } key)
            {
                keys.Add(key);
            }
            else
            {
                errors.Add(ItemPath.Of($"{path}:{nameof(trust.PublicKeys)}", i, errors), problem);
            }
        }

        trust.Keys = keys;
    }
}
