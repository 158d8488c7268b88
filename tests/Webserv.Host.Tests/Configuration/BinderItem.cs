namespace Webserv.Host.Tests.Configuration;

public sealed class BinderItem
{
    public string Name { get; set; } = "";

    public int Count { get; set; } = 1;
}
