namespace Webserv.Plugins.Hello;

/// <summary>What an entry may say: <c>{ "Use": "Hello", "Options": { "Greeting": "Hi" } }</c>.</summary>
public sealed class HelloOptions
{
    /// <summary>The first word. Default: <c>Hello</c>.</summary>
    public string Greeting { get; set; } = "Hello";

    /// <summary>Who is greeted when the request has no <c>name</c> in its query. Default: <c>World</c>.</summary>
    public string Name { get; set; } = "World";
}
