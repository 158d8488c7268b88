using Webserv.Host.Configuration;

namespace Webserv.Host.Plugins.Trust;

/// <summary>Decides whether the operator wants a plugin, before any of its code runs.</summary>
/// <param name="options">What the operator says.</param>
/// <param name="programDirectory">The directory of the program, whose plugins may be trusted like the program.</param>
internal sealed class PluginTrust(TrustOptions options, string programDirectory)
{
    private readonly string _programPlugins =
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(programDirectory, "plugins"))) + Path.DirectorySeparatorChar;

    /// <summary>Whether anything is asked of a candidate.</summary>
    public bool IsRequiredOf(PluginCandidate candidate) =>
        options.IsRequired && !(options.ProgramPlugins && candidate.File.StartsWith(_programPlugins, StringComparison.Ordinal));

    /// <summary>Refuses a plugin that is not trusted.</summary>
    /// <param name="candidate">What it was found as.</param>
    /// <param name="hash">The hash of its files.</param>
    /// <param name="signature">The signature that came with it, or <see langword="null"/>.</param>
    /// <exception cref="PluginException">It is not trusted.</exception>
    public void Require(PluginCandidate candidate, string hash, byte[]? signature)
    {
        if (FindProblem(candidate, hash, signature) is { } problem)
        {
            throw new PluginException(problem);
        }
    }

    /// <summary>Why a plugin is not trusted; <see langword="null"/> where it is.</summary>
    public string? FindProblem(PluginCandidate candidate, string hash, byte[]? signature)
    {
        if (!IsRequiredOf(candidate)
            || options.Hashes.Contains(hash, StringComparer.OrdinalIgnoreCase)
            || (signature is not null && options.Keys.Any(key => key.Verify(PluginSignature.DataOf(candidate.Id, hash), signature))))
        {
            return null;
        }

        var file = PluginSignature.FileOf(candidate);
        var unsigned = options.PublicKeys.Count == 0 ? ""
            : signature is null ? $", and it has no signature {file}"
            : $", and its signature {file} is of other files or by none of the keys in Plugins.Trust.PublicKeys";
        return $"is not trusted: the SHA-256 of its files is {hash}, which is not among Plugins.Trust.Hashes{unsigned}";
    }
}
