namespace Webserv.Host.Tests.Server;

/// <summary>The suite on <see cref="RigKind.EpollInline"/>.</summary>
public sealed class EpollInlineServerTests : ServerTests
{
    internal override RigKind Kind => RigKind.EpollInline;
}
