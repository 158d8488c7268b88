namespace Webserv.Samples.TextReplace;

/// <summary>What an entry may say.</summary>
public sealed class TextReplaceOptions
{
    /// <summary>
    /// What is replaced by what, 1 to 100 of them: text of 1 to 1000 bytes in UTF-8, compared to the letter, by text of at most 10000,
    /// put in as it is. Where two begin at the same place the longer one counts; what was put in is not looked at again. Needed.
    /// </summary>
    public IDictionary<string, string>? Replace { get; set; }

    /// <summary>The media types that are changed, without parameters; <c>text/html</c> where there is none.</summary>
    public IList<string>? ContentTypes { get; set; }
}
