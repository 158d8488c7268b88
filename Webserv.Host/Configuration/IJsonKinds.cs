using System.Text.Json;

namespace Webserv.Host.Configuration;

/// <summary>
/// What <c>Microsoft.Extensions.Configuration</c> does not keep: what kind of JSON value stands at a path. The binder asks
/// the error collector for it; one without it has every kind <see cref="JsonValueKind.Undefined"/>.
/// </summary>
internal interface IJsonKinds
{
    /// <summary>The kind of the value at a path, or <see cref="JsonValueKind.Undefined"/>.</summary>
    JsonValueKind KindOf(string path);
}
