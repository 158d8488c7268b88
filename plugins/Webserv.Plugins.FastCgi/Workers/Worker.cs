using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>A program that runs, with its socket and the backend that it is.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Ending it disposes of everything.")]
internal sealed class Worker
{
    private readonly IScriptProcess _process;
    private readonly ScriptLifetime _lifetime;
    private readonly WorkerPlace _place;
    private readonly PrivateDirectory? _directory;
    private readonly Task _output;
    private readonly TaskCompletionSource _replacementWanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopOutput = new();
    private PinnedSocket? _pin;

    /// <param name="process">The process; owned.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="place">Its socket and what was written for it, deleted in the end.</param>
    /// <param name="directory">The directory of its own that it makes the socket in as another user than the server's, removed in the end; where it does.</param>
    /// <param name="limits">How long it may take to end.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what it writes and how it ended.</param>
    public Worker(IScriptProcess process, string name, WorkerPlace place, PrivateDirectory? directory, ExchangeLimits limits, TimeProvider time, ILogger logger)
    {
        _process = process;
        _place = place;
        _directory = directory;
        Id = process.Id;
        var id = $"pid {process.Id}";
        StartedAt = time.GetTimestamp();
        process.StandardInput.Dispose();
        _output = new StandardErrorLog(logger, time, name, id).ReadAsync(process.StandardOutput, _stopOutput.Token);
        _lifetime = new ScriptLifetime(process, limits, time, logger, name, id, static () => { });
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>When it was started, in the clock's timestamps.</summary>
    public long StartedAt { get; }

    /// <summary>The backend that it is.</summary>
    public Backend Backend { get; set; } = null!;

    /// <summary>Ends when the process has ended, by itself or not. Never fails.</summary>
    public Task Exited => _process.Exited;

    /// <summary>Ends when it has to be replaced. Never fails.</summary>
    public Task ReplacementWanted => _replacementWanted.Task;

    /// <summary>Whether it must not be given time to end its requests.</summary>
    public bool Hangs { get; private set; }

    /// <summary>What ends it or has, other than itself.</summary>
    public string? FindCrash() => _lifetime.FindCrash();

    /// <summary>Takes hold of the socket that it has made as another user.</summary>
    /// <exception cref="IOException">There is none yet.</exception>
    public void Pin(uint owner)
    {
        if (_directory is not null && _pin is null)
        {
            _pin = PinnedSocket.Open(_place.Socket, owner);
            Backend.Address = BackendAddress.ForPath(_pin.Path);
        }
    }

    /// <summary>Another one is to take its place.</summary>
    /// <param name="hangs">Whether it does not do anything any more.</param>
    public void WantReplacement(bool hangs)
    {
        Hangs |= hangs;
        _replacementWanted.TrySetResult();
    }

    /// <summary>Ends it and all that it started, at once and without waiting.</summary>
    public void KillAtOnce() => _lifetime.KillAtOnce();

    /// <summary>Ends it and all that it started, and sees to it that nothing of it is left.</summary>
    public async Task EndAsync()
    {
        if (!_process.Exited.IsCompleted)
        {
            _lifetime.Kill();
        }

        // Before the pipes are closed under the reading; what follows says how it ended.
        await _stopOutput.CancelAsync().ConfigureAwait(false);
        await _output.ConfigureAwait(false);
        _lifetime.ExchangeEnded();
        await _lifetime.Completion.ConfigureAwait(false);
        _stopOutput.Dispose();
        _pin?.Dispose();
        File.Delete(_place.ConfigurationFile);
        if (_directory is null)
        {
            File.Delete(_place.Socket);
        }
        else
        {
            _directory.Remove();
        }
    }
}
