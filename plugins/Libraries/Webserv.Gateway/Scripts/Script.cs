using Webserv.Abstractions.Files;

namespace Webserv.Gateway.Scripts;

/// <summary>What a request's path comes to: a script and the path information for it.</summary>
/// <param name="Ending">Which of <see cref="ScriptRules.Endings"/> its name has.</param>
/// <param name="Entry">What the look-up found at <paramref name="FileName"/>: a file, or nothing.</param>
/// <param name="FileName">Its absolute path on disk.</param>
/// <param name="WorkingDirectory">The absolute path of the directory it runs in.</param>
/// <param name="Name">Its URL path, decoded: SCRIPT_NAME.</param>
/// <param name="PathInfo">PATH_INFO, decoded; empty where there is none.</param>
/// <param name="PathTranslated">PATH_TRANSLATED, or <see langword="null"/> where there is no PATH_INFO.</param>
/// <param name="ContextPrefix">The beginning of the URL path that stands for the entry's root; empty for a root without alias.</param>
/// <param name="ContextRoot">The absolute path of the entry's root.</param>
internal sealed record Script(
    string Ending,
    IFileEntry Entry,
    string FileName,
    string WorkingDirectory,
    string Name,
    string PathInfo,
    string? PathTranslated,
    string ContextPrefix,
    string ContextRoot);
