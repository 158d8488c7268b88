namespace Webserv.Host.Tests.Server;

/// <summary>The suite on <see cref="RigKind.Memory"/>.</summary>
public sealed class MemoryServerTests : ServerTests
{
    internal override RigKind Kind => RigKind.Memory;
}
