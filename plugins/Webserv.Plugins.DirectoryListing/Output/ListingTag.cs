using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Webserv.Plugins.DirectoryListing.Reading;
using Webserv.Plugins.DirectoryListing.Requests;

namespace Webserv.Plugins.DirectoryListing.Output;

/// <summary>
/// Makes the entity-tag of a listing from what is shown in it. The time of the directory would not do: it stays when a file
/// in it grows.
/// </summary>
internal static class ListingTag
{
    /// <summary>A weak tag: equal listings, of whatever coding.</summary>
    /// <param name="listing">What is shown.</param>
    /// <param name="format">As what.</param>
    /// <param name="query">How it is sorted and filtered.</param>
    /// <param name="version">Of the page around it.</param>
    public static string Make(Listing listing, ListingFormat format, ListingQuery query, string version)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var facts = new ArrayBufferWriter<byte>(256);
        Add(facts, version);
        Add(facts, query.ToReference());
        Add(facts, listing.Readme?.PhysicalPath ?? "");
        Add(facts, listing.Readme?.EntityTag ?? "");
        Add(facts, (long)format, listing.Folders, listing.Files, listing.Bytes, listing.IsCut ? 1 : 0, listing.PageSize);
        foreach (var item in listing.Items)
        {
            var kind = (item.IsDirectory ? 1 : 0) | (item.IsSymbolicLink ? 2 : 0) | (item.HasLink ? 4 : 0);
            Add(facts, item.Name);
            Add(facts, item.Length, item.Modified.Ticks, kind);
            if (facts.WrittenCount > 4096)
            {
                hash.AppendData(facts.WrittenSpan);
                facts.ResetWrittenCount();
            }
        }

        hash.AppendData(facts.WrittenSpan);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return $"W/\"{Convert.ToHexStringLower(digest[..16])}\"";
    }

    private static void Add(ArrayBufferWriter<byte> facts, string text)
    {
        Add(facts, text.Length);
        facts.Write(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static void Add(ArrayBufferWriter<byte> facts, params ReadOnlySpan<long> numbers)
    {
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt64LittleEndian(facts.GetSpan(sizeof(long)), number);
            facts.Advance(sizeof(long));
        }
    }
}
