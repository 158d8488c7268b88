namespace Webserv.Host.Plugins.Compatibility;

/// <summary>A type of the contract that a plugin uses, or a member of one.</summary>
/// <param name="Type">The full name of the type.</param>
/// <param name="Member">The name of the member; <see langword="null"/> for the type itself.</param>
/// <param name="Signature">What the member takes and gives, as <see cref="SignatureText"/> writes it.</param>
internal sealed record ContractUse(string Type, string? Member = null, string? Signature = null)
{
    /// <inheritdoc/>
    public override string ToString() => Member is null ? Type : $"{Type}.{Member}";
}
