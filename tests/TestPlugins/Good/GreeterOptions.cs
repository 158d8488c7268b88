namespace Webserv.TestPlugins.Good;

/// <summary>The options of <see cref="Greeter"/>.</summary>
internal sealed class GreeterOptions
{
    /// <summary>What is said.</summary>
    public string Greeting { get; set; } = "Hello";

    /// <summary>How often it is said.</summary>
    public int Times { get; set; } = 1;

    /// <summary>How it is said.</summary>
    public Tone Tone { get; set; }
}
