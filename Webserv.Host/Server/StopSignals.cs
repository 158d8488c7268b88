using System.Runtime.InteropServices;

namespace Webserv.Host.Server;

/// <summary>SIGTERM, SIGINT and SIGQUIT: the first stops in order, a second one ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private const int ExitAtOnce = 130;

    private readonly CancellationTokenSource _stopping;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens for signals until it is disposed.</summary>
    /// <param name="cancellation">Stops in the same way.</param>
    public StopSignals(CancellationToken cancellation)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _stopping.Token.Register(() => _stopped.TrySetResult());
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Waits for the first signal.</summary>
    public Task WaitAsync() => _stopped.Task;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stopping.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_stopping.IsCancellationRequested)
        {
            Environment.Exit(ExitAtOnce);
        }

        _stopping.Cancel();
    }
}
