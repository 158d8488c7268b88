using Webserv.Plugins.DirectoryListing.Reading;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>A piece of a template: what stands there, and what comes behind it.</summary>
/// <param name="Literal">HTML as it is in the template.</param>
/// <param name="Page">What takes the place of a placeholder; <see langword="null"/> for nothing.</param>
/// <param name="Entry">What is written for each entry; empty but for one part.</param>
internal sealed record TemplatePart(
    string Literal,
    Func<HtmlListing, string>? Page,
    IReadOnlyList<(string Literal, Func<HtmlListing, ListingItem, string>? Write)> Entry);
