namespace Webserv.Host.Plugins.Documentation;

/// <summary>A middleware as operators read about it: text alone, which keeps nothing of its plugin in memory.</summary>
/// <param name="Name">What <c>Use</c> says.</param>
/// <param name="Description">What it does, on one line; empty where that is not known.</param>
/// <param name="Options">Its options, in the order of their declaration.</param>
/// <param name="Problem">Why something about the options is missing; <see langword="null"/> where nothing is.</param>
internal sealed record MiddlewareReference(string Name, string Description, IReadOnlyList<OptionReference> Options, string? Problem);
