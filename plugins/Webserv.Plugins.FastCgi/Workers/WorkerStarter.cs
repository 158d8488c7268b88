using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Configuration;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>Starts a program with a socket of its own, and waits until it accepts requests.</summary>
internal sealed class WorkerStarter : IDisposable
{
    private static readonly TimeSpan MessageInterval = TimeSpan.FromSeconds(10);

    private readonly WorkerProgram _program;
    private readonly IProtocolClient _client;
    private readonly IProcessRunner _runner;
    private readonly WorkerRegister _register;
    private readonly Action<Worker, bool, Action> _recover;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _entry;
    private readonly SocketDirectory _directory = new();
    private readonly LogThrottle _throttle;
    private int _made;

    /// <param name="program">What runs.</param>
    /// <param name="client">Talks to it.</param>
    /// <param name="runner">Starts processes.</param>
    /// <param name="register">Knows those that run.</param>
    /// <param name="recover">What <see cref="Backend.Recover"/> does for a worker.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what happens to them.</param>
    /// <param name="entry">Where the entry stands, for messages.</param>
    public WorkerStarter(
        WorkerProgram program,
        IProtocolClient client,
        IProcessRunner runner,
        WorkerRegister register,
        Action<Worker, bool, Action> recover,
        TimeProvider time,
        ILogger logger,
        string entry)
    {
        _program = program;
        _client = client;
        _runner = runner;
        _register = register;
        _recover = recover;
        _time = time;
        _logger = logger;
        _entry = entry;
        _throttle = new LogThrottle(time, MessageInterval);
    }

    /// <summary>What each may take, and as whom it runs.</summary>
    public ProcessLimits Limits { get; set; } = ProcessLimits.None;

    public void Dispose() => _directory.Dispose();

    /// <summary>Starts one and waits until it accepts requests; <see langword="null"/> where it does not work, which is logged.</summary>
    /// <param name="cancellation">Cancelled when the server stops.</param>
    public async Task<Worker?> StartAsync(CancellationToken cancellation)
    {
        Worker worker;
        try
        {
            worker = Start();
        }
        catch (Exception exception) when (exception is ProcessStartException or IOException or UnauthorizedAccessException)
        {
            if (_throttle.Allows(out var suppressed))
            {
                Log.CannotStartWorker(_logger, _entry, exception.Message, suppressed);
            }

            return null;
        }

        var problem = await FindProblemAsync(worker, cancellation).ConfigureAwait(false);
        if (problem is null)
        {
            Log.WorkerStarted(_logger, _entry, _program.Name, worker.Id);
            return worker;
        }

        if (problem.Length > 0 && _throttle.Allows(out var others))
        {
            Log.WorkerDoesNotStart(_logger, _entry, _program.Name, worker.Id, problem, others);
        }

        try
        {
            await worker.EndAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.CannotCleanUp(_logger, exception, _entry, _program.Name, worker.Id);
        }
        finally
        {
            _register.Remove(worker);
        }

        return null;
    }

    private Worker Start()
    {
        var path = _program.Locate() ?? throw new ProcessStartException(ProcessStartFailure.NotFound, $"{_program.Name} was not found");
        var identity = Limits.Identity;
        var own = identity is not null && _program is { ListensItself: true, ChangesUserItself: false } ? _directory.MakeFor(identity) : null;
        var socket = Path.Join(own?.FullName ?? _directory.Path, $"{Interlocked.Increment(ref _made)}.sock");
        var place = new WorkerPlace(socket, _directory.Path, identity);
        using var listening = _program.ListensItself ? null : ListeningSocket.Open(socket);
        try
        {
            var arguments = _program.Arguments(place);
            var start = new ProcessStart(path, arguments, _program.WorkingDirectory, _program.Environment)
            {
                Input = listening,
                Limits = _program.ChangesUserItself ? Limits with { Identity = null } : Limits,
            };
            return _register.Add(() => Make(_runner.Start(start), place, own));
        }
        catch
        {
            File.Delete(socket);
            File.Delete(place.ConfigurationFile);
            own?.Remove();
            throw;
        }
    }

    private Worker Make(IScriptProcess process, WorkerPlace place, PrivateDirectory? own)
    {
        var limits = new ExchangeLimits
        {
            Timeout = _program.Timeout,
            KillGrace = _program.KillGrace,
            MaxHeaderSize = ByteSize.FromKilobytes(64),
        };
        var worker = new Worker(process, _program.Name, place, own, limits, _time, _logger);
        worker.Backend = new Backend($"{_program.Name} (pid {process.Id})", BackendAddress.ForPath(place.Socket), _program.Capacity)
        {
            MaxRequests = _program.MaxRequests,
            WornOut = () => worker.WantReplacement(hangs: false),
            FindCrash = _program.IsSingle ? worker.FindCrash : null,
            Recover = _program.IsSingle ? (hung, free) => _recover(worker, hung, free) : null,
        };
        _client.Prepare(worker.Backend);
        return worker;
    }

    /// <summary>Waits until it accepts requests; else what is wrong, which is nothing where the server stops.</summary>
    private async Task<string?> FindProblemAsync(Worker worker, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(_program.StartTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        var asking = AskUntilReadyAsync(worker, either.Token);
        await Task.WhenAny(asking, worker.Exited).ConfigureAwait(false);
        if (!asking.IsCompleted)
        {
            await either.CancelAsync().ConfigureAwait(false);
        }

        await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (worker.Exited.IsCompleted)
        {
            return "it ended before it accepted a request";
        }

        if (asking.IsCompletedSuccessfully)
        {
            return null;
        }

        return stop.IsCancellationRequested ? ""
            : asking.IsCanceled ? $"it did not accept a request in {_program.StartTimeout}"
            : asking.Exception!.InnerException!.Message;
    }

    private async Task AskUntilReadyAsync(Worker worker, CancellationToken cancellation)
    {
        for (var pause = TimeSpan.FromMilliseconds(2); ; pause = pause < TimeSpan.FromMilliseconds(100) ? pause * 2 : pause)
        {
            try
            {
                if (Limits.Identity is { } identity)
                {
                    worker.Pin(identity.User);
                }

                // Whether it answers or closes the connection: it is there.
                await _client.IsReadyAsync(worker.Backend.Address, cancellation).ConfigureAwait(false);
                return;
            }
            catch (IOException) when (_program.ListensItself || worker.Exited.IsCompleted)
            {
                // It does not listen yet, or never will.
                await Task.Delay(pause, _time, cancellation).ConfigureAwait(false);
            }
        }
    }
}
