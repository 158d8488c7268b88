namespace Webserv.EndToEnd.Tests.Browser;

/// <summary>How a page is looked at.</summary>
public enum Look
{
    /// <summary>A desktop window with a light scheme.</summary>
    Light,

    /// <summary>A desktop window with a dark scheme.</summary>
    Dark,

    /// <summary>A phone held upright.</summary>
    Phone,
}
