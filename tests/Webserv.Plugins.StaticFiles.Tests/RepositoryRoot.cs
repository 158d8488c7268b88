namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>The folder of the solution, where the sample configuration and the sources of generated files are.</summary>
internal static class RepositoryRoot
{
    public static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Webserv.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run in the repository.");
        }

        return directory.FullName;
    }
}
