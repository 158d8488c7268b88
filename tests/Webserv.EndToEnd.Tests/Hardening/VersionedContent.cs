using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>Content of which every byte can be checked: a digest of what follows, and its length. No two versions are alike.</summary>
internal static class VersionedContent
{
    private const int HeadLength = 32 + sizeof(int);

    /// <summary>Makes a version.</summary>
    public static byte[] Make(Random random, int length)
    {
        var content = new byte[Math.Max(length, HeadLength)];
        random.NextBytes(content);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(32), content.Length);
        SHA256.HashData(content.AsSpan(32), content);
        return content;
    }

    /// <summary>Whether bytes are one version, whole.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> content) =>
        content.Length >= HeadLength
        && BinaryPrimitives.ReadInt32LittleEndian(content[32..]) == content.Length
        && SHA256.HashData(content[32..]).AsSpan().SequenceEqual(content[..32]);
}
