using System.Collections.Concurrent;

namespace Webserv.Host.Plugins.Versions;

/// <summary>The builds of plugins whose breakers have opened and in whose place the version before is to come back. Forgotten when the process ends.</summary>
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

    /// <summary>Whether a build is one of them.</summary>
    public bool Contains(string id, string hash) => _failing.ContainsKey((id, hash));
}
