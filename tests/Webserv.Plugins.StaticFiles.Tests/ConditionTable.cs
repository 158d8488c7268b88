namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>
/// What GET with conditions comes to, for a file of ten bytes that was changed at <c>{same}</c> and has the entity-tag
/// <c>{tag}</c>. Fields are separated by <c>|</c>; one that stands twice comes on two lines. HEAD is answered alike, but never
/// with a part.
/// </summary>
internal static class ConditionTable
{
    public const string Earlier = "Thu, 29 Feb 2024 11:59:59 GMT";
    public const string Same = "Thu, 29 Feb 2024 12:00:00 GMT";
    public const string Later = "Thu, 29 Feb 2024 12:00:01 GMT";

    private const string Rows = """
        If-Match: {tag} => 200
        If-Match: * => 200
        If-Match: "x", {tag} => 200
        If-Match: {tag}, "x" => 200
        If-Match: "x",{tag},"y" => 200
        If-Match: ,,{tag} => 200
        If-Match: W/"x", {tag} => 200
        If-Match: W/{tag}, {tag} => 200
        If-Match: "a,b", {tag} => 200
        If-Match: "x" | If-Match: {tag} => 200
        If-Match: {tag} | If-Match: "x" => 200
        If-Match: nonsense | If-Match: {tag} => 200
        If-Match: "x" => 412
        If-Match: "x", "y" => 412
        If-Match: "x" | If-Match: "y" => 412
        If-Match: W/{tag} => 412
        If-Match: W/{tag}, W/"x" => 412
        If-Match: W/"x" | If-Match: W/{tag} => 412
        If-Match: w/{tag} => 412
        If-Match: "" => 412
        If-Match: nonsense => 412
        If-Match: nonsense, {tag} => 412
        If-Match: "x" {tag} => 412
        If-Match: {same} => 412
        If-Match: "*" => 412
        If-Match: ** => 412
        If-Match: *, "x" => 412
        If-Unmodified-Since: {same} => 200
        If-Unmodified-Since: {later} => 200
        If-Unmodified-Since: {same-850} => 200
        If-Unmodified-Since: {same-asctime} => 200
        If-Unmodified-Since: Fri, 31 Dec 9999 23:59:59 GMT => 200
        If-Unmodified-Since: {earlier} => 412
        If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT => 412
        If-Unmodified-Since: Thursday, 29-Feb-24 11:59:59 GMT => 412
        If-Unmodified-Since: nonsense => 200
        If-Unmodified-Since: {tag} => 200
        If-Unmodified-Since: 0 => 200
        If-Unmodified-Since: Thu, 30 Feb 2023 12:00:00 GMT => 200
        If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 => 200
        If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 UTC => 200
        If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 +0000 => 200
        If-Unmodified-Since: 1970-01-01T00:00:00Z => 200
        If-Unmodified-Since: {earlier} | If-Unmodified-Since: {earlier} => 200
        If-Unmodified-Since: {earlier}, {earlier} => 200
        If-None-Match: {tag} => 304
        If-None-Match: W/{tag} => 304
        If-None-Match: * => 304
        If-None-Match: "x", {tag} => 304
        If-None-Match: {tag}, "x" => 304
        If-None-Match: W/"x",W/{tag} => 304
        If-None-Match: , {tag} , => 304
        If-None-Match: "a,b",{tag} => 304
        If-None-Match: "x" | If-None-Match: {tag} => 304
        If-None-Match: {tag} | If-None-Match: "x" => 304
        If-None-Match: nonsense | If-None-Match: W/{tag} => 304
        If-None-Match: "x" => 200
        If-None-Match: "x", "y" => 200
        If-None-Match: W/"x" => 200
        If-None-Match: "x" | If-None-Match: "y" => 200
        If-None-Match: "" => 200
        If-None-Match: nonsense => 200
        If-None-Match: w/{tag} => 200
        If-None-Match: {same} => 200
        If-None-Match: "*" => 200
        If-None-Match: *, "x" => 200
        If-Modified-Since: {same} => 304
        If-Modified-Since: {later} => 304
        If-Modified-Since: {same-850} => 304
        If-Modified-Since: {same-asctime} => 304
        If-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT => 304
        If-Modified-Since: {earlier} => 200
        If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT => 200
        If-Modified-Since: Thursday, 29-Feb-24 11:59:59 GMT => 200
        If-Modified-Since: nonsense => 200
        If-Modified-Since: {tag} => 200
        If-Modified-Since: 99999999999 => 200
        If-Modified-Since: Thu, 30 Feb 2034 12:00:00 GMT => 200
        If-Modified-Since: Thu, 29 Feb 2024 12:00:00 => 200
        If-Modified-Since: Thu, 29 Feb 2024 12:00:00 UTC => 200
        If-Modified-Since: Thu, 29 Feb 2024 12:00:00 +0000 => 200
        If-Modified-Since: 2024-02-29T12:00:00Z => 200
        If-Modified-Since: {same}; length=10 => 200
        If-Modified-Since: {same} | If-Modified-Since: {same} => 200
        If-Modified-Since: {same}, {same} => 200
        If-Match: {tag} | If-Unmodified-Since: {earlier} => 200
        If-Match: {tag} | If-Unmodified-Since: nonsense => 200
        If-Match: * | If-Unmodified-Since: {earlier} => 200
        If-Match: "x" | If-Unmodified-Since: {later} => 412
        If-Match: nonsense | If-Unmodified-Since: {later} => 412
        If-None-Match: {tag} | If-Modified-Since: {earlier} => 304
        If-None-Match: W/{tag} | If-Modified-Since: nonsense => 304
        If-None-Match: "x" | If-Modified-Since: {later} => 200
        If-None-Match: nonsense | If-Modified-Since: {same} => 200
        If-Match: "x" | If-None-Match: {tag} => 412
        If-Match: "x" | If-None-Match: "x" => 412
        If-Match: "x" | If-Modified-Since: {same} => 412
        If-Match: {tag} | If-None-Match: {tag} => 304
        If-Match: {tag} | If-None-Match: "x" => 200
        If-Match: {tag} | If-Modified-Since: {same} => 304
        If-Match: {tag} | If-Modified-Since: {earlier} => 200
        If-Match: * | If-None-Match: * => 304
        If-Unmodified-Since: {earlier} | If-None-Match: {tag} => 412
        If-Unmodified-Since: {earlier} | If-None-Match: "x" => 412
        If-Unmodified-Since: {earlier} | If-Modified-Since: {same} => 412
        If-Unmodified-Since: {same} | If-None-Match: {tag} => 304
        If-Unmodified-Since: {same} | If-None-Match: "x" => 200
        If-Unmodified-Since: {same} | If-Modified-Since: {same} => 304
        If-Unmodified-Since: {same} | If-Modified-Since: {earlier} => 200
        If-Unmodified-Since: nonsense | If-Modified-Since: nonsense => 200
        If-Match: {tag} | If-Unmodified-Since: {earlier} | If-None-Match: {tag} | If-Modified-Since: {earlier} => 304
        If-Match: {tag} | If-Unmodified-Since: {earlier} | If-None-Match: "x" | If-Modified-Since: {later} => 200
        If-Match: "x" | If-Unmodified-Since: {later} | If-None-Match: "x" | If-Modified-Since: {earlier} => 412
        Range: bytes=0-1 => 206
        Range: bytes=0-1,4-5 => 206
        Range: bytes=99- => 416
        Range: bytes=5-2 => 200
        Range: lines=0-1 => 200
        If-None-Match: {tag} | Range: bytes=0-1 => 304
        If-None-Match: {tag} | Range: bytes=99- => 304
        If-Modified-Since: {same} | Range: bytes=0-1 => 304
        If-Modified-Since: {same} | Range: bytes=99- => 304
        If-Match: "x" | Range: bytes=0-1 => 412
        If-Match: "x" | Range: bytes=99- => 412
        If-Unmodified-Since: {earlier} | Range: bytes=0-1 => 412
        If-Unmodified-Since: {earlier} | Range: bytes=99- => 412
        If-Match: {tag} | Range: bytes=0-1 => 206
        If-Match: {tag} | Range: bytes=99- => 416
        If-Unmodified-Since: {same} | Range: bytes=0-1 => 206
        If-Unmodified-Since: {same} | Range: bytes=99- => 416
        If-None-Match: "x" | Range: bytes=0-1 => 206
        If-None-Match: "x" | Range: bytes=99- => 416
        If-Modified-Since: {earlier} | Range: bytes=0-1 => 206
        If-Range: {tag} => 200
        If-Range: "x" => 200
        If-Range: {tag} | Range: bytes=0-1 => 206
        If-Range: {tag} | Range: bytes=0-1,4-5 => 206
        If-Range: {tag} | Range: bytes=99- => 416
        If-Range:  {tag}  | Range: bytes=0-1 => 206
        If-Range: W/{tag} | Range: bytes=0-1 => 200
        If-Range: W/{tag} | Range: bytes=99- => 200
        If-Range: w/{tag} | Range: bytes=0-1 => 200
        If-Range: "x" | Range: bytes=0-1 => 200
        If-Range: "x" | Range: bytes=99- => 200
        If-Range: "" | Range: bytes=0-1 => 200
        If-Range: {tag}, "x" | Range: bytes=0-1 => 200
        If-Range: "x", {tag} | Range: bytes=0-1 => 200
        If-Range: {tag},{tag} | Range: bytes=0-1 => 200
        If-Range: * | Range: bytes=0-1 => 200
        If-Range: nonsense | Range: bytes=0-1 => 200
        If-Range: {tag} | If-Range: {tag} | Range: bytes=0-1 => 200
        If-Range: {same} | Range: bytes=0-1 => 206
        If-Range: {same} | Range: bytes=99- => 416
        If-Range: {same-850} | Range: bytes=0-1 => 206
        If-Range: {same-asctime} | Range: bytes=0-1 => 206
        If-Range: {later} | Range: bytes=0-1 => 200
        If-Range: {earlier} | Range: bytes=0-1 => 200
        If-Range: {same} GMT | Range: bytes=0-1 => 200
        If-Range: {same} | If-Range: {same} | Range: bytes=0-1 => 200
        If-Match: {tag} | If-Range: {tag} | Range: bytes=0-1 => 206
        If-Match: {tag} | If-Range: "x" | Range: bytes=0-1 => 200
        If-Match: "x" | If-Range: {tag} | Range: bytes=0-1 => 412
        If-None-Match: {tag} | If-Range: {tag} | Range: bytes=0-1 => 304
        If-None-Match: "x" | If-Range: {tag} | Range: bytes=0-1 => 206
        If-None-Match: "x" | If-Range: "x" | Range: bytes=0-1 => 200
        If-Modified-Since: {same} | If-Range: {tag} | Range: bytes=0-1 => 304
        If-Unmodified-Since: {same} | If-Range: {same} | Range: bytes=0-1 => 206
        If-Unmodified-Since: {earlier} | If-Range: {same} | Range: bytes=0-1 => 412
        """;

    /// <summary>Each row: names and values in turn, and the status.</summary>
    public static IEnumerable<(string[] Fields, int Status)> All => Rows.Split('\n').Select(row =>
    {
        var sides = row.Replace("{earlier}", Earlier, StringComparison.Ordinal)
            .Replace("{same}", Same, StringComparison.Ordinal)
            .Replace("{later}", Later, StringComparison.Ordinal)
            .Replace("{same-850}", "Thursday, 29-Feb-24 12:00:00 GMT", StringComparison.Ordinal)
            .Replace("{same-asctime}", "Thu Feb 29 12:00:00 2024", StringComparison.Ordinal)
            .Split(" => ");
        return (
            sides[0].Split(" | ").SelectMany(line => line.Split(": ", 2)).ToArray(),
            int.Parse(sides[1], System.Globalization.CultureInfo.InvariantCulture));
    });
}
