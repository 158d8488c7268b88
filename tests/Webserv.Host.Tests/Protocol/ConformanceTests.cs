using System.Collections.Concurrent;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Protocol;

/// <summary>The tables of RFC 9110 and 9112 against a whole server: every row, over every transport, however its octets arrive.</summary>
public sealed class ConformanceTests
{
    private const int AtOnce = 16;

    public static TheoryData<string, string, ReplayMode> Runs
    {
        get
        {
            var runs = new TheoryData<string, string, ReplayMode>();
            foreach (var section in ConformanceTable.Sections)
            {
                foreach (var kind in Enum.GetNames<RigKind>())
                {
                    foreach (var mode in Enum.GetValues<ReplayMode>())
                    {
                        runs.Add(section, kind, mode);
                    }
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Rows_OfASection_AreAnsweredAsTheySay(string section, string kind, ReplayMode mode)
    {
        await using var rig = await ServerRig.StartAsync(Enum.Parse<RigKind>(kind), ConformanceSite.Configure);
        var failures = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            ConformanceTable.Get(section),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (row, _) =>
            {
                if (await ConformanceReplay.PlayAsync(rig, row, mode) is { } failure)
                {
                    failures.Add(failure);
                }
            });
        Assert.True(failures.IsEmpty, $"{failures.Count} rows:\n{string.Join('\n', failures.Order(StringComparer.Ordinal))}");
    }

    [Fact]
    public void Tables_AreLargeEnoughAndTheirIdsAreUnique()
    {
        var rows = ConformanceTable.All.ToArray();
        Assert.True(rows.Length >= 350, $"{rows.Length} rows");
        Assert.Empty(rows.GroupBy(row => row.Id).Where(group => group.Count() > 1).Select(group => group.Key));
    }
}
