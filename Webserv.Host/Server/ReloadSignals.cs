using System.Runtime.InteropServices;

namespace Webserv.Host.Server;

/// <summary>
/// SIGHUP reloads and SIGUSR1 reopens log files. Both are caught from the first moment, since their default is to end the
/// process; one that comes while the server starts is made good as soon as it serves.
/// </summary>
internal sealed class ReloadSignals : IDisposable
{
    // SIGUSR1 has no name in PosixSignal; raw numbers differ: 10 on Linux, 30 on macOS and the BSDs.
    private static readonly PosixSignal Sigusr1 = (PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30);

    private readonly Lock _sync = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly HashSet<PosixSignal> _pending = [];
    private Action? _reload;
    private Action? _reopen;

    /// <summary>Listens for signals until it is disposed.</summary>
    public ReloadSignals()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal));
        if (!OperatingSystem.IsWindows())
        {
            _registrations.Add(PosixSignalRegistration.Create(Sigusr1, OnSignal));
        }
    }

    /// <summary>Says what the signals do from now on, and does it where one has come already.</summary>
    /// <param name="reload">What SIGHUP does.</param>
    /// <param name="reopen">What SIGUSR1 does.</param>
    public void Attach(Action reload, Action reopen)
    {
        bool reloadsNow, reopensNow;
        lock (_sync)
        {
            (_reload, _reopen) = (reload, reopen);
            (reloadsNow, reopensNow) = (_pending.Contains(PosixSignal.SIGHUP), _pending.Contains(Sigusr1));
        }

        if (reopensNow)
        {
            reopen();
        }

        if (reloadsNow)
        {
            reload();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Action? action;
        lock (_sync)
        {
            action = context.Signal == PosixSignal.SIGHUP ? _reload : _reopen;
            if (action is null)
            {
                _pending.Add(context.Signal);
            }
        }

        action?.Invoke();
    }
}
