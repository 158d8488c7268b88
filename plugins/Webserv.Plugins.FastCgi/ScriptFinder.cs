using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;
using Webserv.Gateway.Scripts;

namespace Webserv.Plugins.FastCgi;

/// <summary>What a request's path means to the entry: a script on disk, the front controller, or the program as a whole.</summary>
internal sealed class ScriptFinder
{
    private readonly IPipelineEntry _entry;
    private readonly IDocumentRoot? _root;
    private readonly ScriptResolver? _resolver;
    private readonly string? _frontController;
    private readonly Gateway.PathInfoStyle _pathInfo;
    private readonly RecentLooks _looks;

    public ScriptFinder(GatewayOptions options, IPipelineEntry entry, IOpenFileCache files, TimeProvider time)
    {
        _entry = entry;
        _looks = new RecentLooks(time);
        _frontController = options.FrontController;
        _pathInfo = options.PathInfo;
        if (options.Extensions.Count == 0)
        {
            return;
        }

        _root = files.OpenRoot(entry, new DocumentRootOptions());
        _resolver = new ScriptResolver(entry, _root, new ScriptRules
        {
            Endings = new ScriptEndings(options.Extensions),
            Index = options.Index,
            PathInfo = options.PathInfo,
            MayBeMissing = _ => !options.CheckScriptExists,
        });
    }

    /// <summary>Finds what answers; <see langword="null"/> where that is somebody else.</summary>
    public Script? Find(string path)
    {
        if (!path.StartsWith('/'))
        {
            return null; // OPTIONS *
        }

        return _resolver is null ? FindAll(path) : _resolver.Resolve(path) ?? FindFrontController(path);
    }

    /// <summary>Opens a file that was found, as it was then. Reading may block.</summary>
    public Stream OpenRead(IFileEntry file) => _root!.OpenRead(file);

    /// <summary>Looks a script up once more before it is run, unless that was done a moment ago.</summary>
    public void ThrowIfChanged(Script script)
    {
        if (_resolver is null || _looks.Contains(script.FileName))
        {
            return;
        }

        _resolver.ThrowIfChanged(script);
        _looks.Add(script.FileName);
    }

    /// <summary>The program as a whole: what the pattern of the entry takes away is its name.</summary>
    public Script FindAll(string path)
    {
        var rest = _entry.GetPathBelowMatch(path);
        var name = path.EndsWith(rest, StringComparison.Ordinal) ? path[..^rest.Length] : "";
        var root = _entry.Root ?? "";
        var information = _pathInfo == Gateway.PathInfoStyle.FullPath ? path : rest;
        return new Script(
            ScriptEndings.Any,
            null!,
            root.Length == 0 ? "" : root.TrimEnd('/') + name,
            root,
            name,
            information,
            root.Length == 0 ? null : root.TrimEnd('/') + rest,
            name,
            root);
    }

    private Script? FindFrontController(string path)
    {
        if (_frontController is null || _root!.Find(path).Kind != FileKind.Missing)
        {
            return null;
        }

        var below = _entry.GetPathBelowRoot(path);
        var candidate = path.EndsWith(below, StringComparison.Ordinal) ? string.Concat(path.AsSpan(0, path.Length - below.Length), _frontController) : _frontController;

        // A pattern without * fits no other path, and what fits none is looked up as it is.
        return _resolver!.Resolve(_entry.GetPathBelowRoot(candidate) == _frontController ? candidate : _frontController);
    }
}
