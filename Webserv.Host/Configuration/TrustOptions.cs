using System.ComponentModel;
using Webserv.Host.Plugins.Trust;

namespace Webserv.Host.Configuration;

/// <summary>Which plugins are loaded at all.</summary>
internal sealed class TrustOptions
{
    /// <summary>SHA-256 of plugins that are trusted, in hexadecimal, as <c>webserv plugins hash</c> prints them.</summary>
    [Description("SHA-256 of plugins that are trusted, as `webserv plugins hash` prints them: over the names and contents of all files of the plugin. With any here or in `PublicKeys`, nothing else is loaded.")]
    public IReadOnlyList<string> Hashes { get; set; } = [];

    /// <summary>Files with the public keys (PEM, ECDSA or RSA) whose signatures are trusted.</summary>
    [Description("Files with public keys (PEM; ECDSA, or RSA of 2048 bits and more). A plugin is trusted that has beside its `Foo.dll` a file `Foo.dll.sig` with a signature (SHA-256; DER, or PKCS #1) of what `webserv plugins hash` prints.")]
    public IReadOnlyList<string> PublicKeys { get; set; } = [];

    /// <summary>Whether the plugins beside the program are trusted like the program itself.</summary>
    [Description("Whether the plugins in `plugins/` next to the program are trusted like the program itself, without hash or signature.")]
    public bool ProgramPlugins { get; set; } = true;

    /// <summary>Whether plugins that others could replace are refused when the server runs as root.</summary>
    [Description("Whether a server that runs as root refuses plugins that others could replace: the files, their folders and all above them must belong to root and must not be writable by group or others.")]
    public bool CheckPermissions { get; set; } = true;

    /// <summary>The keys in <see cref="PublicKeys"/>.</summary>
    internal IReadOnlyList<TrustedKey> Keys { get; set; } = [];

    /// <summary>Whether anything is asked of plugins.</summary>
    internal bool IsRequired => Hashes.Count > 0 || PublicKeys.Count > 0;
}
