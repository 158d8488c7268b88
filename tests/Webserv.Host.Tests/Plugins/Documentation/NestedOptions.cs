namespace Webserv.Host.Tests.Plugins.Documentation;

public sealed class NestedOptions
{
    public InnerOptions? Inner { get; set; } = new() { Size = 7 };

    public InnerOptions Filled { get; } = new() { Size = 2048 };

    public IList<InnerOptions> List { get; } = [];

    public IDictionary<string, InnerOptions> Map { get; } = new Dictionary<string, InnerOptions>();

    public DayOfWeek? Day { get; set; }

    public string[] Names { get; set; } = ["a", "b"];

    public string Empty { get; set; } = "";

    public Action? NoOption { get; set; }
}
