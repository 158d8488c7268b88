using System.Text;

namespace Webserv.Host.Plugins.Trust;

/// <summary>The detached signature of a plugin: a file beside its assembly that is not one of its files.</summary>
internal static class PluginSignature
{
    private const string Extension = ".sig";
    private const int Largest = 16 * 1024;

    /// <summary>Where the signature of a candidate is.</summary>
    public static string FileOf(PluginCandidate candidate) => candidate.File + Extension;

    /// <summary>What is signed: the line that <c>webserv plugins hash</c> prints, as <c>sha256sum</c> writes them.</summary>
    public static string LineOf(string id, string hash) => $"{hash}  {id}\n";

    /// <summary>The same as octets.</summary>
    public static byte[] DataOf(string id, string hash) => Encoding.UTF8.GetBytes(LineOf(id, hash));

    /// <summary>Reads a signature.</summary>
    /// <returns><see langword="null"/> where there is none.</returns>
    /// <exception cref="PluginException">It cannot be read, or is too large to be one.</exception>
    public static byte[]? Read(PluginCandidate candidate)
    {
        var file = FileOf(candidate);
        try
        {
            var information = new FileInfo(file);
            if (!information.Exists)
            {
                return null;
            }

            return information.Length <= Largest
                ? File.ReadAllBytes(file)
                : throw new PluginException($"has a signature {file} that is none: it is larger than {Largest / 1024} KB");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PluginException($"has a signature {file} that cannot be read: {exception.Message}", exception);
        }
    }
}
