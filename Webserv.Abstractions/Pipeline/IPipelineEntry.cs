namespace Webserv.Abstractions.Pipeline;

/// <summary>
/// The place in the configuration that a middleware instance was made for. Ask for it in the constructor of the
/// middleware. It does not change while the instance lives.
/// </summary>
public interface IPipelineEntry
{
    /// <summary>The name under which the middleware is used, for example <c>StaticFiles</c>.</summary>
    string Name { get; }

    /// <summary>Where the entry stands, for example <c>Webserv:VirtualServers:0:Pipeline:3</c>; for messages.</summary>
    string ConfigurationPath { get; }

    /// <summary>The name of the virtual server whose pipeline the entry belongs to.</summary>
    string VirtualServer { get; }

    /// <summary>
    /// The absolute path of the directory that the entry serves: its own <c>Root</c>, or that of the nearest enclosing
    /// branch or of the virtual server; <see langword="null"/> where none is configured.
    /// </summary>
    string? Root { get; }

    /// <summary>
    /// The part of a request's path that is looked up below <see cref="Root"/>, with its leading slash. Where the entry
    /// or branch that set <see cref="Root"/> has <c>When.Path</c>, the literal beginning of the matching pattern is
    /// taken away (alias semantics): <c>/kapouet/*</c> on root <c>/srv/www</c> maps <c>/kapouet/a</c> to <c>/a</c>.
    /// Otherwise the path is returned as it is.
    /// </summary>
    /// <remarks>
    /// The literal beginning reaches up to the last slash before the first <c>*</c>, without that slash; in a pattern without
    /// <c>*</c> up to its last slash: <c>/a/b</c> maps <c>/a/b</c> to <c>/b</c>, and <c>/a</c> leaves <c>/a</c> as it is. Of several
    /// patterns that match the one with the longest beginning counts. A path that no pattern matches is returned as it is:
    /// for <c>/uploads/*</c> also <c>/uploadsX/f</c>.
    /// </remarks>
    /// <param name="requestPath">A value of <see cref="Http.IHttpRequest.Path"/>.</param>
    string GetPathBelowRoot(string requestPath);

    /// <summary>
    /// The part of a request's path that is behind the literal beginning of the nearest <c>When.Path</c> pattern that
    /// matched, with its leading slash: <c>/uploads/*</c> maps <c>/uploads/a.txt</c> to <c>/a.txt</c>. Without a
    /// <c>When.Path</c> the path is returned as it is. The rules are those of <see cref="GetPathBelowRoot"/>, but for a
    /// pattern without <c>*</c>: it is one path and nothing lies behind it, so <c>/a</c> maps <c>/a</c> to <c>/</c>.
    /// </summary>
    /// <param name="requestPath">A value of <see cref="Http.IHttpRequest.Path"/>.</param>
    string GetPathBelowMatch(string requestPath);

    /// <summary>Makes a path of the configuration absolute: a relative one is relative to the configuration file.</summary>
    /// <param name="path">A path as it was written in the options.</param>
    string ResolvePath(string path);
}
