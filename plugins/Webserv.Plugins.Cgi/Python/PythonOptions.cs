namespace Webserv.Plugins.Cgi;

/// <summary>How Python scripts are started.</summary>
public sealed class PythonOptions
{
    /// <summary>
    /// Whether an interpreter is kept ready for each of the <see cref="CgiOptions.Interpreters"/> that is <c>python3</c>, and copied (forked)
    /// for every request, instead of a new one being started: a script begins in a millisecond or two, unchanged, and finds nothing
    /// that another one left. Linux and Python 3.10 or later. Until it is ready, and whenever it cannot be used, scripts are started one by one, and the log says so.
    /// </summary>
    public bool Warm { get; set; }

    /// <summary>
    /// Modules that are imported once, before there are requests, as in <c>["json", "urllib.parse"]</c>; scripts that import them do so in no
    /// time. They must not start threads. When one of their files changes, a new interpreter takes over within seconds. Only with
    /// <see cref="Warm"/>. Default: none.
    /// </summary>
    public IList<string> Preload { get; set; } = [];

    /// <summary>After how many requests a new interpreter takes over from the one that is copied. 1 to 1000000000.</summary>
    public int MaxRequests { get; set; } = 10_000;
}
