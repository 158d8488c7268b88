using System.Security.Principal;

namespace Webserv.Abstractions.Http;

/// <summary>
/// Who makes the request. A middleware that authenticates sets it, whatever comes behind in the pipeline reads it, for example
/// <c>AUTH_TYPE</c> and <c>REMOTE_USER</c> of a script. The server offers it for every request by
/// <see cref="IHttpContext.GetFeature"/>.
/// </summary>
public interface IUserFeature
{
    /// <summary>The user; <see langword="null"/> where nobody was authenticated, as at the beginning of every request.</summary>
    IIdentity? User { get; set; }
}
