namespace Webserv.Gateway.Exchange;

/// <summary>Why an exchange with a script was given up by the clock.</summary>
internal enum GiveUpReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The script neither took anything nor gave its first byte for too long.</summary>
    FirstByte,

    /// <summary>The script neither took nor gave anything for too long.</summary>
    Silence,

    /// <summary>The answer took too long as a whole.</summary>
    Total,

    /// <summary>The script has ended, and what it left behind keeps its output open without writing.</summary>
    LeftOpen,
}
