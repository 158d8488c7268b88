namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>A program that is started and supervised.</summary>
internal sealed record WorkerProgram
{
    /// <summary>What it is called in messages.</summary>
    public required string Name { get; init; }

    /// <summary>Finds its absolute path; <see langword="null"/> where it is not there (any more).</summary>
    public required Func<string?> Locate { get; init; }

    /// <summary>Its arguments.</summary>
    public required Func<WorkerPlace, IReadOnlyList<string>> Arguments { get; init; }

    /// <summary>Whether it is started as the server's user and lets its processes become another one by itself.</summary>
    public bool ChangesUserItself { get; init; }

    /// <summary>Whether it makes the socket itself. Any other finds it as its descriptor 0, listening.</summary>
    public bool ListensItself { get; init; }

    /// <summary>The absolute path of the directory it starts in.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Its whole environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>How many are started.</summary>
    public required int Count { get; init; }

    /// <summary>How many requests one of them takes at once.</summary>
    public required int Capacity { get; init; }

    /// <summary>Whether one of them is a single process, which can be asked whether it is free and which has to be ended where it hangs.</summary>
    public required bool IsSingle { get; init; }

    /// <summary>After how many requests one is replaced; 0 is never.</summary>
    public required long MaxRequests { get; init; }

    /// <summary>How long it may take until it accepts requests.</summary>
    public required TimeSpan StartTimeout { get; init; }

    /// <summary>How long it may take to end its last request, or to say that it is free after a client left.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long lies between asking it to end and killing it.</summary>
    public required TimeSpan KillGrace { get; init; }
}
