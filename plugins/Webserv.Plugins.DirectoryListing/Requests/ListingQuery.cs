using System.Globalization;
using System.Text;
using Webserv.Abstractions.Http;
using Webserv.Plugins.DirectoryListing.Reading;

namespace Webserv.Plugins.DirectoryListing.Requests;

/// <summary>
/// What a query asks for: <c>?sort=size&amp;order=desc&amp;filter=*.iso&amp;page=2&amp;format=json</c>. Parameters that it does not
/// know are somebody else's. An order that it does not know is as if it were not asked for; a format, page or filter that can
/// not be given is refused, because the client would take something else for it.
/// </summary>
internal sealed record ListingQuery
{
    /// <summary>What it is to be sent as; <see langword="null"/> where Accept decides.</summary>
    public ListingFormat? Format { get; init; }

    public ListingOrder Order { get; init; }

    /// <summary>The page, from 1.</summary>
    public int Page { get; init; } = 1;

    public NameFilter Filter { get; init; } = new("");

    /// <summary>Whether it asks for the beginning of all there is.</summary>
    public bool IsWhole => Page == 1 && Filter.Text.Length == 0;

    /// <summary>Reads a query. Of a parameter that comes twice the last counts.</summary>
    /// <exception cref="HttpException">400.</exception>
    public static ListingQuery Parse(string query)
    {
        var parsed = new ListingQuery();
        foreach (var range in query.AsSpan().Split('&'))
        {
            var pair = query.AsSpan(range);
            var equals = pair.IndexOf('=');
            if (equals > 0)
            {
                parsed = parsed.With(Decode(pair[..equals]), Decode(pair[(equals + 1)..]));
            }
        }

        return parsed;
    }

    /// <summary>A reference to the same directory with this query; what is the default is left out.</summary>
    public string ToReference()
    {
        var query = new StringBuilder();
        Append(query, "sort", Order.IsDefault ? null : Order.ColumnName);
        Append(query, "order", Order.IsDefault ? null : Order.DirectionName);
        Append(query, "filter", Filter.Text.Length == 0 ? null : Uri.EscapeDataString(Filter.Text));
        Append(query, "page", Page == 1 ? null : Page.ToString(CultureInfo.InvariantCulture));
        Append(query, "format", Format is { } format ? Name(format) : null);
        return query.Length == 0 ? "./" : query.ToString();
    }

    private static string Name(ListingFormat format) => format switch
    {
        ListingFormat.Json => "json",
        ListingFormat.Text => "text",
        _ => "html",
    };

    private static void Append(StringBuilder query, string name, string? value)
    {
        if (value is not null)
        {
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(value);
        }
    }

    /// <summary>As forms encode it: a plus is a space. What is no UTF-8 becomes U+FFFD.</summary>
    private static string Decode(ReadOnlySpan<char> text) => Uri.UnescapeDataString(text.ToString().Replace('+', ' '));

    private static int ParsePage(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0
            ? page
            : throw new HttpException(StatusCodes.BadRequest, $"'{value}' is no page.");

    private static NameFilter ParseFilter(string value) =>
        value.Length <= NameFilter.MaxLength
            ? new NameFilter(value)
            : throw new HttpException(StatusCodes.BadRequest, $"A filter has {NameFilter.MaxLength} characters at most.");

    private static ListingFormat ParseFormat(string value) => value switch
    {
        "html" => ListingFormat.Html,
        "json" => ListingFormat.Json,
        "text" => ListingFormat.Text,
        _ => throw new HttpException(StatusCodes.BadRequest, $"'{value}' is no format: html, json or text."),
    };

    private ListingQuery With(string name, string value) => (name, value) switch
    {
        ("sort", "name") => this with { Order = Order with { Column = ListingColumn.Name } },
        ("sort", "size") => this with { Order = Order with { Column = ListingColumn.Size } },
        ("sort", "date") => this with { Order = Order with { Column = ListingColumn.Date } },
        ("order", "asc") => this with { Order = Order with { IsDescending = false } },
        ("order", "desc") => this with { Order = Order with { IsDescending = true } },
        ("page", _) => this with { Page = ParsePage(value) },
        ("filter", _) => this with { Filter = ParseFilter(value) },
        ("format", _) => this with { Format = ParseFormat(value) },
        _ => this,
    };
}
