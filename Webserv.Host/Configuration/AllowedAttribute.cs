namespace Webserv.Host.Configuration;

/// <summary>The least and the greatest value of an option, written as in a configuration file. Checked by <see cref="AllowedRange"/>, shown by the schema and the reference page.</summary>
/// <param name="least">For example <c>1</c>, <c>1s</c> or <c>1KB</c>.</param>
/// <param name="most">For example <c>65535</c>, <c>1d</c> or <c>1GB</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AllowedAttribute(string least, string most) : Attribute
{
    /// <summary>The least value.</summary>
    public string Least { get; } = least;

    /// <summary>The greatest value.</summary>
    public string Most { get; } = most;
}
