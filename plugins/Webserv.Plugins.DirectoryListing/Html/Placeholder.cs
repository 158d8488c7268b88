namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>What may stand between double braces in a template.</summary>
/// <typeparam name="TWrite">What makes HTML of it.</typeparam>
/// <param name="Kind">Where it may stand.</param>
/// <param name="Write">Makes HTML of it, already escaped.</param>
internal sealed record Placeholder<TWrite>(PlaceholderKind Kind, TWrite Write);
