namespace Webserv.Host.Tests.Pipeline;

/// <summary>What aliases take away from paths, for the server and for the test kit, which must agree.</summary>
public static class PathPatternCases
{
    /// <summary>Pattern, path and what is left of it.</summary>
    public static TheoryData<string, string, string> TakenAway { get; } = new()
    {
        { "/uploads/*", "/uploads/a/b", "/a/b" },
        { "/uploads/*", "/uploads/", "/" },
        { "/uploads/*", "/uploads", "/" },
        { "/uploads/*", "/uploadsX/f", "/uploadsX/f" },
        { "/uploads/*", "/other", "/other" },
        { "/uploads", "/uploads", "/uploads" },
        { "/a/b", "/a/b", "/b" },
        { "/a/b", "/a/b/c", "/a/b/c" },
        { "/a/*.txt", "/a/b.txt", "/b.txt" },
        { "/a/*.txt", "/a/b.html", "/a/b.html" },
        { "/a/x*/c/*", "/a/xy/c/d", "/xy/c/d" },
        { "/*", "/a", "/a" },
    };
}
