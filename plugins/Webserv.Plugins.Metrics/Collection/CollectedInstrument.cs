namespace Webserv.Plugins.Metrics.Collection;

/// <summary>
/// What is kept of an instrument. Another one of the same meter, name and kind goes on with it: a build of a plugin that takes the place of
/// one before it, for example.
/// </summary>
/// <param name="name">Its name in the text.</param>
/// <param name="kind">What its numbers mean.</param>
/// <param name="isSum">Whether two numbers of the same labels are a sum.</param>
/// <param name="isRead">Whether it is read, and says a number only then.</param>
/// <param name="description">What it is; empty where nobody says.</param>
/// <param name="series">Its numbers.</param>
internal sealed class CollectedInstrument(string name, SeriesKind kind, bool isSum, bool isRead, string description, SeriesTable series)
{
    /// <summary>Its name in the text.</summary>
    public string Name => name;

    /// <summary>What its numbers mean.</summary>
    public SeriesKind Kind => kind;

    /// <summary>Whether two numbers of the same labels are a sum.</summary>
    public bool IsSum => isSum;

    /// <summary>Whether it is read, and says a number only then.</summary>
    public bool IsRead => isRead;

    /// <summary>What it is.</summary>
    public string Description => description;

    /// <summary>Its numbers.</summary>
    public SeriesTable Series => series;

    /// <summary>How many instruments say their numbers here.</summary>
    public int Users { get; set; }
}
