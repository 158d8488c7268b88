using System.Collections.Concurrent;

namespace Webserv.Host.Plugins.Versions;

/// <summary>
/// The builds of plugins whose breakers have opened, or which came back and could not be used, and in whose place the version before is
/// to come back. Forgotten when the process ends.
/// </summary>
internal sealed class FailingPlugins
{
    private readonly ConcurrentDictionary<(string Id, string Hash), bool> _failing = new();

    private volatile Action? _added;

    /// <summary>Says what to do when there is one more, and does it where there are some already.</summary>
    /// <param name="added">A reload, which puts the version before in its place; <see langword="null"/> for nothing.</param>
    public void Attach(Action? added)
    {
        _added = added;
        if (!_failing.IsEmpty)
        {
            added?.Invoke();
        }
    }

    /// <summary>Adds one.</summary>
    public void Add(string id, string hash)
    {
        if (_failing.TryAdd((id, hash), true))
        {
            _added?.Invoke();
        }
    }

    /// <summary>Adds one that is not loaded, or not to stay: there is nothing to do.</summary>
    public void Exclude(string id, string hash) => _failing.TryAdd((id, hash), true);

    /// <summary>Adds those of another.</summary>
    public void Exclude(FailingPlugins others)
    {
        foreach (var (id, hash) in others._failing.Keys)
        {
            Exclude(id, hash);
        }
    }

    /// <summary>Another with the same builds, which tells nobody of more.</summary>
    public FailingPlugins Copy()
    {
        var copy = new FailingPlugins();
        copy.Exclude(this);
        return copy;
    }

    /// <summary>Whether a build is one of them.</summary>
    public bool Contains(string id, string hash) => _failing.ContainsKey((id, hash));
}
