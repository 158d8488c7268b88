using System.Security.Principal;
using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>The user of a <see cref="TestHttpContext"/>.</summary>
internal sealed class TestUserFeature : IUserFeature
{
    public IIdentity? User { get; set; }
}
