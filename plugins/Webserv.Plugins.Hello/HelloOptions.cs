namespace Webserv.Plugins.Hello;

/// <summary>What an entry may say: <c>{ "Use": "Hello", "Options": { "Greeting": "Hi" } }</c>.</summary>
public sealed class HelloOptions
{
    /// <summary>The first word; not empty.</summary>
    public string Greeting { get; set; } = "Hello";

    /// <summary>Who is greeted when the request has no <c>name</c> in its query.</summary>
    public string Name { get; set; } = "World";
}
