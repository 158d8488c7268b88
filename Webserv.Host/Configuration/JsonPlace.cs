using System.Text.Json;

namespace Webserv.Host.Configuration;

/// <summary>Where a value of a configuration file stands and what it is. A class: dictionaries of structures are compiled at every start.</summary>
/// <param name="Line">The line of its key, or of the value itself in an array; from 1.</param>
/// <param name="Kind">What the file has there.</param>
/// <param name="Text">A string's or a number's text, <c>true</c> or <c>false</c>; <see langword="null"/> for everything else.</param>
internal sealed record JsonPlace(int Line, JsonValueKind Kind, string? Text);
