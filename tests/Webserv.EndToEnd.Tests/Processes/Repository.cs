namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>Where things are in the checkout that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The directory of <c>Webserv.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The server that these tests were built with, compiled for this machine; tests/ServerAhead.targets puts it there.</summary>
    public static string Server { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Server", "webserv");

    /// <summary>The configuration that the tests are built in: Debug or Release.</summary>
    public static string BuildConfiguration { get; } = OutputDirectory.Parent!.Name;

    private static DirectoryInfo OutputDirectory => new(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>The path of something in the checkout.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>What a project put out when it was built in the configuration of these tests (Debug or Release).</summary>
    public static string BuiltFile(string project, params string[] parts) =>
        System.IO.Path.Combine([Root, project, "bin", OutputDirectory.Parent!.Name, OutputDirectory.Name, .. parts]);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "Webserv.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"There is no Webserv.sln above {AppContext.BaseDirectory}.");
    }
}
