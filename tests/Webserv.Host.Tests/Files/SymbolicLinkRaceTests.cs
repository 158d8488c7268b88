using System.Diagnostics;
using CsCheck;
using Webserv.Abstractions.Files;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

/// <summary>Names are swapped for links out of the root as fast as it goes, while paths are looked up: what is outside never comes back.</summary>
public sealed class SymbolicLinkRaceTests : IDisposable
{
    private const string Secret = "SECRET";
    private static readonly string[] Names = ["flip", "leaf", "deep", "flip2", "secret", "file", "link", "up", "..", ".", ""];

    private readonly FileTree _tree = new();

    public SymbolicLinkRaceTests()
    {
        _tree.Write("../secret", Secret);
        _tree.Write("../beside/secret", Secret);
        _tree.Write("../beside/file", Secret);
        _tree.Write("../beside/flip2/secret", Secret);
        _tree.Write("file", "inside");
        _tree.Write("flip.spare/secret", "inside");
        _tree.Write("flip.spare/flip2/secret", "inside");
        _tree.Write("leaf.spare", "inside");
        _tree.Write("deep/flip2.spare/secret", "inside");
        _tree.Write("deep/flip2.spare/file", "inside");
        _tree.Link("link", "flip");
        _tree.Link("deep/up", "../flip");
    }

    public void Dispose() => _tree.Dispose();

    // Only root gives files away, and what belongs to the same owner may be outside.
    public static TheoryData<SymbolicLinkPolicy, bool> Policies
    {
        get
        {
            var rows = new TheoryData<SymbolicLinkPolicy, bool>();
            SymbolicLinkPolicy[] unprivileged = [SymbolicLinkPolicy.InsideRoot, SymbolicLinkPolicy.Deny];
            foreach (var policy in Environment.IsPrivilegedProcess ? [.. unprivileged, SymbolicLinkPolicy.SameOwner] : unprivileged)
            {
                rows.Add(policy, true);
                rows.Add(policy, false);
            }

            return rows;
        }
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Policies))]
    public async Task Find_AnyPathWhileNamesAreSwapped_NeverLeadsOutside(SymbolicLinkPolicy policy, bool useOpenAt2)
    {
        if (policy == SymbolicLinkPolicy.SameOwner)
        {
            using var chown = Process.Start("chown", ["-R", "65534", Path.Combine(_tree.Top, "secret"), Path.Combine(_tree.Top, "beside")]);
            await chown.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, chown.ExitCode);
        }

        var root = _tree.Open(_tree.CreateCache(new() { ValidFor = TimeSpan.Zero }, files: new LinuxFileSystem(useOpenAt2)), policy);
        using var stop = new CancellationTokenSource();
        var swapper = Task.Run(() => Swap(stop.Token), TestContext.Current.CancellationToken);
        var found = 0;
        var refused = 0;
        try
        {
            while (found < 200 || refused < 200)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                Gen.Int[0, Names.Length - 1].Array[1, 4].Select(parts => "/" + string.Join('/', parts.Select(part => Names[part]))).Sample(
                    path =>
                    {
                        var entry = root.Find(path);
                        found += entry.Kind == FileKind.File ? 1 : 0;
                        refused += entry.Kind == FileKind.Forbidden ? 1 : 0;
                        return entry.Kind != FileKind.File || FileTree.Text(entry) == "inside";
                    },
                    iter: 1000,
                    threads: 1);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await swapper;
        }
    }

    private void Swap(CancellationToken stop)
    {
        (string Path, string Outside)[] names = [("flip", "../beside"), ("leaf", "../secret"), ("deep/flip2", "../../beside")];
        while (!stop.IsCancellationRequested)
        {
            foreach (var (path, outside) in names)
            {
                var name = Path.Combine(_tree.Www, path);
                File.CreateSymbolicLink(name, outside);
                File.Delete(name);
                Directory.Move(name + ".spare", name);
                Directory.Move(name, name + ".spare");
            }
        }
    }
}
