namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>
/// What a Range field comes to: the length of the file, the field, and after the arrow the parts that are sent (first and last
/// byte), <c>whole</c> (200) or <c>none</c> (416). At most eight ranges are answered here. <c>·</c> is a space, <c>→</c> a tab.
/// </summary>
internal static class RangeTable
{
    private const string Rows = """
        10 bytes=0-0 => 0-0
        10 bytes=0-9 => 0-9
        10 bytes=0- => 0-9
        10 bytes=9- => 9-9
        10 bytes=9-9 => 9-9
        10 bytes=2-4 => 2-4
        10 bytes=2-9 => 2-9
        10 bytes=2-10 => 2-9
        10 bytes=2-100 => 2-9
        10 bytes=-1 => 9-9
        10 bytes=-9 => 1-9
        10 bytes=-10 => 0-9
        10 bytes=-11 => 0-9
        10 BYTES=1-1 => 1-1
        10 Bytes=1-1 => 1-1
        10 bytes=·1-1· => 1-1
        10 ·bytes=1-1 => 1-1
        10 →bytes=1-1→ => 1-1
        10 bytes=→1-1→ => 1-1
        10 bytes=,1-1 => 1-1
        10 bytes=1-1, => 1-1
        10 bytes=,1-1, => 1-1
        10 bytes=,,,,,,,,,,,,1-1,,,,,,,,, => 1-1
        10 bytes=,·,→,·1-1·,·, => 1-1
        10 bytes=00001-0000000000000000000000002 => 1-2
        10 bytes=-0000000000000000000000002 => 8-9
        10 bytes=1-9223372036854775807 => 1-9
        10 bytes=1-9223372036854775808 => 1-9
        10 bytes=1-99999999999999999999999999999999 => 1-9
        10 bytes=-9223372036854775807 => 0-9
        10 bytes=-9223372036854775808 => 0-9
        10 bytes=-99999999999999999999999999999999 => 0-9
        1 bytes=0-0 => 0-0
        1 bytes=0- => 0-0
        1 bytes=-1 => 0-0
        1 bytes=-2 => 0-0
        4294967295 bytes=4294967294- => 4294967294-4294967294
        4294967296 bytes=-1 => 4294967295-4294967295
        4294967297 bytes=4294967296- => 4294967296-4294967296
        5368709120 bytes=2147483647-2147483649 => 2147483647-2147483649
        5368709120 bytes=4294967295-4294967297 => 4294967295-4294967297
        5368709120 bytes=4294967296- => 4294967296-5368709119
        5368709120 bytes=-5368709119 => 1-5368709119
        5368709120 bytes=0-0,-1 => 0-0 5368709119-5368709119
        9223372036854775807 bytes=0- => 0-9223372036854775806
        9223372036854775807 bytes=9223372036854775806- => 9223372036854775806-9223372036854775806
        9223372036854775807 bytes=9223372036854775806-99999999999999999999 => 9223372036854775806-9223372036854775806
        9223372036854775807 bytes=-1 => 9223372036854775806-9223372036854775806
        9223372036854775807 bytes=0-0,-1 => 0-0 9223372036854775806-9223372036854775806
        9223372036854775807 bytes=0-9223372036854775805,9223372036854775806- => 0-9223372036854775806
        10 bytes=10- => none
        10 bytes=10-10 => none
        10 bytes=10-20 => none
        10 bytes=99-100 => none
        10 bytes=-0 => none
        10 bytes=-000 => none
        10 bytes=99999999999999999999999999999999- => none
        10 bytes=9223372036854775807- => none
        10 bytes=99999999999999999999-99999999999999999999 => none
        9223372036854775807 bytes=9223372036854775807- => none
        1 bytes=1- => none
        0 bytes=0- => none
        0 bytes=0-0 => none
        0 bytes=0-9 => none
        0 bytes=1- => none
        0 bytes=-0 => none
        0 bytes=0-0,1-1 => none
        0 bytes=0-0,-0 => none
        10 bytes=10-,20- => none
        10 bytes=10-,-0 => none
        10 bytes=-0,-0,-0 => none
        10 bytes=10-11,,12-,·-0 => none
        0 bytes=-1 => whole
        0 bytes=-5 => whole
        0 bytes=-99999999999999999999 => whole
        0 bytes=0-0,-1 => whole
        10 bytes => whole
        10 bytes= => whole
        10 bytes=, => whole
        10 bytes=,,· => whole
        10 bytes=- => whole
        10 bytes=-,- => whole
        10 bytes=a-b => whole
        10 bytes=1 => whole
        10 bytes=12 => whole
        10 bytes=5-2 => whole
        10 bytes=1-0 => whole
        10 bytes=99-98 => whole
        10 bytes=1-2-3 => whole
        10 bytes=1--2 => whole
        10 bytes=--1 => whole
        10 bytes=-1- => whole
        10 bytes=-1-2 => whole
        10 bytes=+1-2 => whole
        10 bytes=1-+2 => whole
        10 bytes=1·-·2 => whole
        10 bytes=1-·2 => whole
        10 bytes=1·-2 => whole
        10 bytes=-·2 => whole
        10 bytes=1-2x => whole
        10 bytes=x1-2 => whole
        10 bytes=0x1-2 => whole
        10 bytes=1.0-2 => whole
        10 bytes=1e0-2 => whole
        10 bytes=1_0-20 => whole
        10 bytes=١-٢ => whole
        10 bytes=１-２ => whole
        10 bytes=1-2/10 => whole
        10 bytes=*-2 => whole
        10 bytes=* => whole
        10 bytes=1-* => whole
        10 bytes=1-2;3-4 => whole
        10 bytes=1-2·3-4 => whole
        10 bytes="1-2" => whole
        10 bytes·=1-2 => whole
        10 bytes:1-2 => whole
        10 bytes·1-2 => whole
        10 bytes==1-2 => whole
        10 byte=1-2 => whole
        10 bytess=1-2 => whole
        10 bits=1-2 => whole
        10 items=0-1 => whole
        10 seconds=0-1 => whole
        10 none => whole
        10 =1-2 => whole
        10 1-2 => whole
        10 bytes=0-1,bytes=3-4 => whole
        10 bytes=0-1,items=3-4 => whole
        10 bytes=0-1,a => whole
        10 bytes=0-1,- => whole
        10 bytes=0-1,5-2 => whole
        10 bytes=5-2,0-1 => whole
        10 bytes=0-1,3 => whole
        10 bytes=a,0-1 => whole
        10 bytes=20-,5-2 => whole
        10 bytes=20-,x => whole
        10 bytes=0-1,3-4 => 0-1 3-4
        10 bytes=0-1,·3-4 => 0-1 3-4
        10 bytes=0-1·,3-4 => 0-1 3-4
        10 bytes=0-1→,→3-4 => 0-1 3-4
        10 bytes=0-1,,3-4, => 0-1 3-4
        10 bytes=,0-1,·,3-4 => 0-1 3-4
        10 bytes=0-0,-1 => 0-0 9-9
        10 bytes=-1,0-0 => 9-9 0-0
        10 bytes=3-4,0-1 => 3-4 0-1
        10 bytes=8-,4-5,0-1 => 8-9 4-5 0-1
        10 bytes=4-5,8-,0-1 => 4-5 8-9 0-1
        10 bytes=0-0,2-2,4-4,6-6,8-8 => 0-0 2-2 4-4 6-6 8-8
        10 bytes=8-8,6-6,4-4,2-2,0-0 => 8-8 6-6 4-4 2-2 0-0
        10 bytes=0-1,20- => 0-1
        10 bytes=20-,0-1 => 0-1
        10 bytes=20-,0-1,30-,-0 => 0-1
        10 bytes=0-1,20-,3-4 => 0-1 3-4
        10 bytes=0-1,-0,3-4 => 0-1 3-4
        10 bytes=0-1,8-100 => 0-1 8-9
        10 bytes=0-1,-2 => 0-1 8-9
        10 bytes=0-1,2-3 => 0-3
        10 bytes=2-3,0-1 => 0-3
        10 bytes=0-3,2-5 => 0-5
        10 bytes=2-5,0-3 => 0-5
        10 bytes=0-9,2-5 => 0-9
        10 bytes=2-5,0-9 => 0-9
        10 bytes=3-3,3-3 => 3-3
        10 bytes=0-,0-,0-,0- => 0-9
        10 bytes=0-,-10 => 0-9
        10 bytes=0-4,5- => 0-9
        10 bytes=5-,0-4 => 0-9
        10 bytes=-5,-3 => 5-9
        10 bytes=-3,-5 => 5-9
        10 bytes=-3,-99 => 0-9
        10 bytes=0-0,9-9,5-5,1-8 => 0-9
        10 bytes=0-1,4-5,8-9,2-3 => 0-5 8-9
        10 bytes=8-9,4-5,0-1,2-3 => 8-9 0-5
        10 bytes=4-5,8-9,0-1,6-7 => 4-9 0-1
        10 bytes=4-5,0-1,8-9,6-7 => 4-9 0-1
        10 bytes=0-1,4-5,8-9,2-7 => 0-9
        10 bytes=8-9,5-5,3-3,0-1,4-4 => 8-9 3-5 0-1
        10 bytes=8-9,0-0,2-2,4-4,6-6,0-4 => 8-9 0-4 6-6
        20 bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14 => 0-0 2-2 4-4 6-6 8-8 10-10 12-12 14-14
        20 bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16 => whole
        20 bytes=0-,0-,0-,0-,0-,0-,0-,0- => 0-19
        20 bytes=0-,0-,0-,0-,0-,0-,0-,0-,0- => whole
        20 bytes=30-,30-,30-,30-,30-,30-,30-,30- => none
        20 bytes=30-,30-,30-,30-,30-,30-,30-,30-,30- => whole
        20 bytes=,,,,0-0,,,,2-2,,,, => 0-0 2-2
        """;

    /// <summary>Each row: length, field, expected.</summary>
    public static IEnumerable<(long Length, string Field, string Expected)> All => Rows.Split('\n').Select(row =>
    {
        var space = row.IndexOf(' ', StringComparison.Ordinal);
        var arrow = row.IndexOf(" => ", StringComparison.Ordinal);
        return (
            long.Parse(row.AsSpan(0, space), System.Globalization.CultureInfo.InvariantCulture),
            row[(space + 1)..arrow].Replace('·', ' ').Replace('→', '\t'),
            row[(arrow + 4)..]);
    });
}
