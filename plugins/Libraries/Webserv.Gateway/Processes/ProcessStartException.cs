namespace Webserv.Gateway.Processes;

/// <summary>A program could not be started.</summary>
internal sealed class ProcessStartException(ProcessStartFailure failure, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Why.</summary>
    public ProcessStartFailure Failure { get; } = failure;
}
