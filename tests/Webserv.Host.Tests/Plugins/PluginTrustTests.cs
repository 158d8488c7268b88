using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Moq;
using Webserv.Host.Commands;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Trust;
using Webserv.Host.Server;
using Webserv.Host.Tests.Configuration;

namespace Webserv.Host.Tests.Plugins;

public sealed class PluginTrustTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();
    private readonly string _file;
    private readonly string _hash;

    public PluginTrustTests()
    {
        // Not beside the program, whose plugins are trusted by themselves.
        _file = _sandbox.Install("Good", Path.Combine(_sandbox.Root, "more"));
        _hash = PluginFileSet.HashOf(PluginCandidate.At(_file)!);
    }

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task LoadAsync_HashIsListed_IsLoaded()
    {
        await using var catalog = await LoadAsync(new TrustOptions { Hashes = [new string('0', 64), _hash.ToUpperInvariant()] });
        Assert.Equal((PluginState.Loaded, _hash), (Assert.Single(catalog.Descriptions).State, Assert.Single(catalog.Descriptions).Hash));
    }

    [Fact]
    public async Task LoadAsync_HashIsNotListed_IsRefusedBeforeItIsCopied()
    {
        await using var catalog = await LoadAsync(new TrustOptions { Hashes = [new string('0', 64)] });
        var line = Assert.Single(_sandbox.Log.At(LogLevel.Error));
        Assert.Equal(
            $"Plugin Good ({_file}) is not loaded: it is not trusted: the SHA-256 of its files is {_hash}, which is not among Plugins.Trust.Hashes", line);
        Assert.Equal(["Good"], catalog.FailedPlugins);
        Assert.False(Directory.Exists(Path.Combine(_sandbox.Root, "cache", "Good")));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task LoadAsync_BesideTheProgram_IsTrustedIfTheProgramIs(bool programPlugins, bool isLoaded)
    {
        _sandbox.Install("DependsOnNewJson");
        await using var catalog = await LoadAsync(new TrustOptions { Hashes = [_hash], ProgramPlugins = programPlugins });
        Assert.NotNull(catalog.Find("Plain"));
        Assert.Equal(isLoaded, catalog.Find("DependsOnNewJson") is not null);
    }

    [Fact]
    public async Task LoadAsync_Replaced_TheNewOneIsRefusedAndTheTrustedGoesOn()
    {
        var trust = new TrustOptions { Hashes = [_hash] };
        var first = await LoadAsync(trust);
        Change();
        var second = await LoadAsync(trust, first);
        Assert.Equal(PluginState.Kept, Assert.Single(second.Descriptions).State);
        Assert.Contains("is not trusted", Assert.Single(second.Descriptions).Error, StringComparison.Ordinal);
        Assert.Same(first.Find("Plain"), second.Find("Plain"));
        await first.DisposeAsync();

        // Nor does one go on that is not trusted any more.
        await using var third = await LoadAsync(new TrustOptions { Hashes = [new string('0', 64)] }, second);
        Assert.Equal(["Good"], third.FailedPlugins);
        Assert.Null(third.Find("Plain"));
        await second.DisposeAsync();
    }

    [Theory]
    [InlineData("ECDSA")]
    [InlineData("RSA")]
    public async Task LoadAsync_Signed_IsLoadedAndAnythingElseRefused(string algorithm)
    {
        var keys = Directory.CreateDirectory(Path.Combine(_sandbox.Root, "keys")).FullName;
        var (own, sign) = MakeKey(algorithm, Path.Combine(keys, "own.pem"));
        var (_, signOther) = MakeKey(algorithm, Path.Combine(keys, "other.pem"));
        var trust = new TrustOptions { PublicKeys = [own], Keys = [TrustedKey.Read(own, out _)!] };

        await using (var unsigned = await LoadAsync(trust))
        {
            Assert.EndsWith($"and it has no signature {_file}.sig", Assert.Single(unsigned.Descriptions).Error, StringComparison.Ordinal);
        }

        var line = $"{_hash}  Good\n";
        await File.WriteAllBytesAsync(_file + ".sig", signOther(line), TestContext.Current.CancellationToken);
        await using (var byAnother = await LoadAsync(trust))
        {
            Assert.Contains("none of the keys", Assert.Single(byAnother.Descriptions).Error, StringComparison.Ordinal);
        }

        await File.WriteAllBytesAsync(_file + ".sig", sign(line), TestContext.Current.CancellationToken);
        var first = await LoadAsync(trust);
        Assert.Equal((PluginState.Loaded, _hash), (Assert.Single(first.Descriptions).State, Assert.Single(first.Descriptions).Hash));

        Change();
        await using var second = await LoadAsync(trust, first);
        await first.DisposeAsync();
        Assert.Equal(PluginState.Kept, Assert.Single(second.Descriptions).State);
        Assert.Contains("of other files", Assert.Single(second.Descriptions).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoPublicKey_SaysWhatItIs()
    {
        using var folder = new ConfigurationFolder();
        using (var small = RSA.Create(1024))
        using (var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            File.WriteAllText(Path.Combine(folder.Directory, "small.pem"), small.ExportSubjectPublicKeyInfoPem());
            File.WriteAllText(Path.Combine(folder.Directory, "private.pem"), curve.ExportPkcs8PrivateKeyPem());
            File.WriteAllText(Path.Combine(folder.Directory, "text.pem"), "Dear sir or madam");
            File.WriteAllText(Path.Combine(folder.Directory, "good.pem"), curve.ExportSubjectPublicKeyInfoPem());
        }

        var errors = folder.Errors("""
            { "Webserv": { "VirtualServers": [ { "Listen": "http://127.0.0.1:8080" } ],
              "Plugins": { "Trust": { "Hashes": ["abc"], "PublicKeys": ["small.pem", "private.pem", "text.pem", "none.pem", "good.pem"] } } } }
            """);
        Assert.Equal(5, errors.Length);
        Assert.Contains(errors, error => error.Contains("Hashes:0: a SHA-256 has 64 hexadecimal digits", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("PublicKeys:0: the key DIR/small.pem has 1024 bits", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("PublicKeys:1: DIR/private.pem holds a private key", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("PublicKeys:2: DIR/text.pem holds no public key", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("PublicKeys:3: the key DIR/none.pem cannot be read", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("more")]
    [InlineData("more/Good")]
    [InlineData("more/Good/Good.dll")]
    [InlineData("more/Good/sub")]
    [SuppressMessage("Interoperability", "CA1416", Justification = "Skipped where there are no such modes.")]
    public async Task LoadAsync_RootAndOthersMayWrite_IsRefusedWithTheCommand(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        Directory.CreateDirectory(Path.Combine(_sandbox.Root, "more", "Good", "sub"));
        var full = Path.Combine(_sandbox.Root, path);
        await using (var safe = await LoadAsync(new TrustOptions()))
        {
            Assert.Empty(safe.FailedPlugins);
        }

        File.SetUnixFileMode(full, File.GetUnixFileMode(full) | UnixFileMode.GroupWrite | UnixFileMode.StickyBit);
        await using (var refused = await LoadAsync(new TrustOptions()))
        {
            Assert.EndsWith($"they may write to {full}. Mend it with: chmod go-w '{full}'", Assert.Single(refused.Descriptions).Error, StringComparison.Ordinal);
        }

        await using var unchecked1 = await LoadAsync(new TrustOptions { CheckPermissions = false });
        Assert.Empty(unchecked1.FailedPlugins);
    }

    [Fact]
    [SuppressMessage("Interoperability", "CA1416", Justification = "Skipped where there are no such modes.")]
    public async Task LoadAsync_RootAndAboveIsStickyOrALink_IsLoadedOnlyIfTheTargetIsSafe()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        var open = Directory.CreateDirectory(Path.Combine(_sandbox.Root, "open")).FullName;
        var inside = Directory.CreateDirectory(Path.Combine(open, "inside")).FullName;
        Directory.Move(Path.Combine(_sandbox.Root, "more"), Path.Combine(inside, "more"));
        Directory.CreateSymbolicLink(Path.Combine(_sandbox.Root, "more"), Path.Combine(inside, "more"));

        // As /tmp is.
        File.SetUnixFileMode(open, File.GetUnixFileMode(open) | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        await using (var sticky = await LoadAsync(new TrustOptions()))
        {
            Assert.Empty(sticky.FailedPlugins);
        }

        File.SetUnixFileMode(open, File.GetUnixFileMode(open) & ~UnixFileMode.StickyBit);
        await using var refused = await LoadAsync(new TrustOptions());
        Assert.Contains($"chmod go-w '{open}'", Assert.Single(refused.Descriptions).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [SuppressMessage("Interoperability", "CA1416", Justification = "Skipped where there are no such modes.")]
    public async Task LoadAsync_UntrustedOneGoesBeforeTheLoadedOne_ThatGoesOnIfItIsTrustedAndItsPlaceIsSafe(bool isSafe)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
        var file = _sandbox.Install("Good");
        var trust = new TrustOptions { Hashes = [new string('0', 64)], ProgramPlugins = true };
        var first = await LoadAsync(trust);
        Assert.Empty(first.FailedPlugins);

        _sandbox.Install("Good", Path.Combine(_sandbox.Root, "more"));
        if (!isSafe)
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherWrite);
        }

        await using var second = await LoadAsync(trust, first);
        Assert.Equal(isSafe ? first.Find("Plain") : null, second.Find("Plain"));
        await first.DisposeAsync();
        var description = Assert.Single(second.Descriptions, plugin => plugin.State != PluginState.Overridden);
        Assert.Equal((isSafe ? PluginState.Kept : PluginState.Failed, _file), (description.State, description.File));
        Assert.Contains("is not trusted", description.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_RootAndAnothersFile_IsRefusedWithTheCommand()
    {
        Assert.SkipUnless(FileOwner.OfProcess == 0, "only root may give files away");
        using var chown = System.Diagnostics.Process.Start("chown", ["12345", _file]);
        await chown.WaitForExitAsync(TestContext.Current.CancellationToken);
        await using var catalog = await LoadAsync(new TrustOptions());
        Assert.EndsWith($"{_file} belongs to the user 12345. Mend it with: chown root '{_file}'", Assert.Single(catalog.Descriptions).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PluginsHash_FolderOrFile_PrintsWhatIsSigned()
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var commands = new CommandLine(new ServerHost(), Mock.Of<ISignals>());
        Assert.Equal(0, await commands.InvokeAsync(["plugins", "hash", _file], output, errors, CancellationToken.None));
        Assert.Equal(0, await commands.InvokeAsync(["plugins", "hash", Path.GetDirectoryName(_file)!], output, errors, CancellationToken.None));
        Assert.Equal($"{_hash}  Good\n{_hash}  Good\n", output.ToString());
        Assert.Equal(1, await commands.InvokeAsync(["plugins", "hash", _sandbox.Root], output, errors, CancellationToken.None));
        Assert.StartsWith($"webserv: {_sandbox.Root} is no plugin", errors.ToString(), StringComparison.Ordinal);
    }

    private static (string File, Func<string, byte[]> Sign) MakeKey(string algorithm, string file)
    {
        if (algorithm == "RSA")
        {
            var rsa = RSA.Create(2048);
            File.WriteAllText(file, rsa.ExportSubjectPublicKeyInfoPem());
            return (file, line => rsa.SignData(System.Text.Encoding.ASCII.GetBytes(line), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }

        var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(file, curve.ExportSubjectPublicKeyInfoPem());
        return (file, line => curve.SignData(System.Text.Encoding.ASCII.GetBytes(line), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    private void Change() => File.WriteAllText(Path.Combine(Path.GetDirectoryName(_file)!, "note.txt"), "another version");

    private Task<PluginCatalog> LoadAsync(TrustOptions trust, PluginCatalog? previous = null) => PluginCatalog.LoadAsync(
        new PluginsOptions { Directories = [Path.Combine(_sandbox.Root, "more")], Trust = trust },
        _sandbox.Host,
        _sandbox.Settings with { IsRoot = true },
        previous,
        TestContext.Current.CancellationToken);
}
