using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>Gathers what middleware would have answered.</summary>
internal sealed class TestAllowedMethodsFeature : IAllowedMethodsFeature
{
    private readonly List<string> _methods = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Methods => _methods;

    /// <inheritdoc/>
    public void Add(params string[] methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        _methods.AddRange(methods.Except(_methods, StringComparer.Ordinal));
    }

    /// <summary>Begins anew, for another target.</summary>
    public void Clear() => _methods.Clear();
}
