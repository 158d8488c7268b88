namespace Webserv.Host.Plugins.Documentation;

/// <summary>An option as operators read about it.</summary>
/// <param name="Name">Its key; one of an object within is <c>Outer.Inner</c>, of the objects of a list <c>Outer[].Inner</c>, of those behind the keys of an object <c>Outer.*.Inner</c>.</param>
/// <param name="Type">How its value is written.</param>
/// <param name="Default">Its default as it would be written; <see langword="null"/> where there is none to show.</param>
/// <param name="Description">What it does, on one line; empty where that is not known.</param>
internal sealed record OptionReference(string Name, string Type, string? Default, string Description);
