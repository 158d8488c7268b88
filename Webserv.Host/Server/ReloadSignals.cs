using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Webserv.Host.Server;

/// <summary>
/// SIGHUP reloads and SIGUSR1 reopens log files. Both are caught from the first moment, since their default is to end the
/// process; a SIGHUP that comes while the server starts is made good as soon as it serves.
/// </summary>
internal sealed class ReloadSignals : IDisposable
{
    // SIGUSR1 has no name in PosixSignal; raw numbers differ: 10 on Linux, 30 on macOS and the BSDs.
    private static readonly PosixSignal Sigusr1 = (PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30);

    private readonly Lock _sync = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private Action? _reload;
    private bool _isPending;

    /// <summary>Listens for signals until it is disposed.</summary>
    public ReloadSignals(ILogger logger)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangup));
        if (!OperatingSystem.IsWindows())
        {
            _registrations.Add(PosixSignalRegistration.Create(Sigusr1, context =>
            {
                context.Cancel = true;
                Log.NothingToReopen(logger);
            }));
        }
    }

    /// <summary>Says what a SIGHUP does from now on, and does it where one has come already.</summary>
    public void Attach(Action reload)
    {
        lock (_sync)
        {
            _reload = reload;
            if (!_isPending)
            {
                return;
            }
        }

        reload();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnHangup(PosixSignalContext context)
    {
        context.Cancel = true;
        Action? reload;
        lock (_sync)
        {
            reload = _reload;
            _isPending = reload is null;
        }

        reload?.Invoke();
    }
}
