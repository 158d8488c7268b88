namespace Webserv.Abstractions.Files;

/// <summary>How a document root looks names up.</summary>
public sealed class DocumentRootOptions
{
    /// <summary>Whether names that begin with a dot are found. <c>.well-known</c> always is (RFC 8615). Default: <see langword="false"/>.</summary>
    public bool ServeDotFiles { get; set; }

    /// <summary>Which symbolic links are followed. Default: <see cref="SymbolicLinkPolicy.InsideRoot"/>.</summary>
    public SymbolicLinkPolicy SymbolicLinks { get; set; } = SymbolicLinkPolicy.InsideRoot;
}
