namespace Webserv.Host.Commands;

/// <summary>The exit statuses of every command.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The configuration fails, or what was asked could not be done.</summary>
    public const int Failure = 1;

    /// <summary>The command line was not understood, or something is missing on it.</summary>
    public const int Usage = 2;
}
