namespace Webserv.Host.Configuration;

/// <summary>Collects everything that is wrong, so that it is reported at once.</summary>
internal interface IConfigurationErrors
{
    /// <summary>Adds an error at a place of the configuration; file and line are looked up by the path or its nearest parent.</summary>
    /// <param name="path">The JSON path with colons.</param>
    /// <param name="message">What is wrong, without the path.</param>
    void Add(string path, string message);
}
