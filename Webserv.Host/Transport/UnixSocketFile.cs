namespace Webserv.Host.Transport;

/// <summary>The file of a unix-domain socket that clients connect by.</summary>
internal static class UnixSocketFile
{
    /// <summary>What connecting needs is the right to write. Who may is a matter of the directory, as with nginx: the umask would leave it to the server's own user.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Lets everybody connect who may enter the directory. To be called between bind and listen, while nobody can.</summary>
    /// <param name="endpoint">A unix-domain endpoint that has been bound.</param>
    /// <exception cref="IOException">It cannot be set.</exception>
    public static void Open(ListenEndpoint endpoint)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            File.SetUnixFileMode(endpoint.UnixPath!, Mode);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot listen on {endpoint}: the rights of its file cannot be set: {error.Message}", error);
        }
    }
}
