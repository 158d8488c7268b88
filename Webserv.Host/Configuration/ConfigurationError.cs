namespace Webserv.Host.Configuration;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="File">The file, as it was named on the command line.</param>
/// <param name="Line">The line, from 1; 0 where none can be told.</param>
/// <param name="Path">The JSON path, for example <c>Webserv:VirtualServers:0:Pipeline:3:Options:Directory</c>; empty where the file as a whole is meant.</param>
/// <param name="Message">What is wrong and, where there is one, the nearest valid name.</param>
internal sealed record ConfigurationError(string File, int Line, string Path, string Message)
{
    /// <summary>The form in which errors are printed: <c>appsettings.json:12: Webserv:Limits:MaxConections: unknown key; did you mean 'MaxConnections'?</c></summary>
    public override string ToString() =>
        (Line == 0 ? $"{File}: " : $"{File}:{Line}: ") + (Path.Length == 0 ? Message : $"{Path}: {Message}");
}
