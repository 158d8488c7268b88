using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Tests.Plugins.Documentation;

public sealed class InnerOptions
{
    public ByteSize Size { get; set; } = 1024;

    public InnerOptions? Again { get; set; }
}
