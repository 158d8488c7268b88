using System.Globalization;
using System.Text;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>Builds of the plugin Versioned, each of which answers with a marker of its own.</summary>
internal static class VersionedBuilds
{
    private static string Source => Path.Combine(AppContext.BaseDirectory, "TestPlugins", "Versioned");

    /// <summary>What a build answers.</summary>
    public static string Marker(int build) => string.Create(CultureInfo.InvariantCulture, $"build-{build:0000}");

    /// <summary>Puts a build into the folder <c>plugins</c>.</summary>
    /// <returns>The file to replace by another one.</returns>
    public static string Install(ServerFolder folder, int build)
    {
        var target = folder.MakeDirectory("plugins", "Versioned");
        var file = Path.Combine(target, "Versioned.dll");
        File.Copy(Path.Combine(Source, "Versioned.deps.json"), Path.Combine(target, "Versioned.deps.json"));
        File.WriteAllBytes(file, Build(build));
        return file;
    }

    /// <summary>The assembly with another marker: a build of its own that takes no compiler.</summary>
    public static byte[] Build(int build)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Source, "Versioned.dll"));
        var at = bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(Marker(1)));
        Assert.True(at > 0, "the marker is not in the plugin");
        Encoding.Unicode.GetBytes(Marker(build)).CopyTo(bytes, at);
        return bytes;
    }
}
