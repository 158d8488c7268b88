using System.Globalization;

namespace Webserv.Host.Commands;

/// <summary>A file with the id of the running server, there until it is disposed.</summary>
internal sealed class PidFile : IDisposable
{
    private const int MaxLength = 32;
    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>Writes the id of this process; whoever reads the file meanwhile sees the old or the new id, never half of one.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static PidFile Write(string path)
    {
        var full = Path.GetFullPath(path);
        var temporary = string.Create(CultureInfo.InvariantCulture, $"{full}.{Environment.ProcessId}");
        try
        {
            File.WriteAllText(temporary, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            // Thrown on; only the half-made file must not stay. Deleting what is not there is no error.
            File.Delete(temporary);
            throw;
        }

        return new PidFile(full);
    }

    /// <summary>Reads a process id.</summary>
    /// <param name="path">The file.</param>
    /// <param name="processId">The id, greater than 0, or 0.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? Read(string path, out int processId)
    {
        processId = 0;
        try
        {
            using var reader = new StreamReader(path);
            var buffer = new char[MaxLength];
            var text = buffer.AsSpan(0, reader.ReadBlock(buffer, 0, MaxLength)).Trim();
            // 1 and below are init, groups and everybody: never what a pid file of this server holds.
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 1)
            {
                processId = id;
                return null;
            }

            return $"{path} holds no process id";
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"{path} does not exist; is the server running, and was it started with --pid-file {path}?";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Told to whoever typed the command.
            return $"{path} cannot be read: {problem.Message}";
        }
    }

    /// <summary>Removes the file, unless it names another process by now: a new server may have taken it over.</summary>
    public void Dispose()
    {
        if (Read(_path, out var id) is null && id == Environment.ProcessId)
        {
            File.Delete(_path);
        }
    }
}
