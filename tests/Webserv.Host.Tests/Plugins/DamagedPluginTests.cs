using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Plugins;

public sealed class DamagedPluginTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task LoadAsync_EmptyFile_IsNamed() =>
        Assert.Equal("is empty", await LoadAsync([]));

    [Fact]
    public async Task LoadAsync_TextFile_IsNamed() =>
        Assert.StartsWith("is damaged or no .NET assembly: ", await LoadAsync("#!/bin/sh\necho hello\n"u8.ToArray()), StringComparison.Ordinal);

    [Fact]
    public async Task LoadAsync_CutOffAnywhere_IsNamed()
    {
        var whole = await ReadFixtureAsync();
        for (var length = 1; length < whole.Length; length += 211)
        {
            Assert.StartsWith("is ", await LoadAsync(whole[..length]), StringComparison.Ordinal);
        }

        Assert.StartsWith("is damaged: the file is shorter", await LoadAsync(whole[..^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RandomBytes_IsNamed()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(1, 4096)];
            random.NextBytes(bytes);
            Assert.Throws<PluginException>(() => Read(bytes));
        }
    }

    [Fact]
    public async Task Read_BytesOfAPluginChanged_IsReadOrRefused()
    {
        var whole = await ReadFixtureAsync();
        var random = new Random(2);
        var refused = 0;
        for (var round = 0; round < 2000; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var change = 0; change < 8; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                Read(bytes);
            }
            catch (PluginException)
            {
                refused++;
            }
        }

        Assert.NotEqual(0, refused);
    }

    [Fact]
    public void Read_NativeLibrary_IsNamed()
    {
        var exception = Assert.Throws<PluginException>(() => Read(File.ReadAllBytes("/proc/self/exe")));
        Assert.StartsWith("is damaged or no .NET assembly: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_DamagedDependency_FailsWhereItIsNeeded()
    {
        var file = _sandbox.Install("DependsOnOldJson");
        await File.WriteAllBytesAsync(
            Path.Combine(Path.GetDirectoryName(file)!, "Newtonsoft.Json.dll"), new byte[1000], TestContext.Current.CancellationToken);
        await using var catalog = await _sandbox.LoadAsync();
        var errors = new ErrorList();
        var made = catalog.Find("DependsOnOldJson")!.Create(new TestEntry(), null, errors);

        // Nothing needs the library before the first request; it must not have brought anything down by then.
        Assert.Throws<BadImageFormatException>(() => made!.ToString());
    }

    private static Task<byte[]> ReadFixtureAsync() =>
        File.ReadAllBytesAsync(Path.Combine(PluginSandbox.Fixture("Good"), "Good.dll"), TestContext.Current.CancellationToken);

    private PluginMetadata? Read(byte[] content)
    {
        var file = Path.Combine(_sandbox.Root, "Damaged.dll");
        File.WriteAllBytes(file, content);
        return PluginMetadataReader.Read(file);
    }

    private async Task<string?> LoadAsync(byte[] content)
    {
        await File.WriteAllBytesAsync(Path.Combine(_sandbox.PluginsDirectory, "Good.dll"), content, TestContext.Current.CancellationToken);
        await using var catalog = await _sandbox.LoadAsync();
        var description = Assert.Single(catalog.Descriptions);
        Assert.Equal(PluginState.Failed, description.State);
        return description.Error;
    }
}
