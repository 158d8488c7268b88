namespace Webserv.Samples.RequestCounter;

/// <summary>What an entry may say.</summary>
public sealed class RequestCounterOptions
{
    /// <summary>The path that GET answers with the counts; none where it is left out. Begins with a slash.</summary>
    public string? ReportPath { get; set; }
}
