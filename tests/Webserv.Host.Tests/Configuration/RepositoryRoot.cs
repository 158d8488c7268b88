namespace Webserv.Host.Tests.Configuration;

internal static class RepositoryRoot
{
    public static string Find()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Webserv.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("the tests do not run inside the repository");
        }

        return directory;
    }
}
