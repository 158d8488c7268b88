using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>What the loading of a configuration file came to.</summary>
/// <param name="Options">
/// What could be read, also where something in it is wrong, so that later stages find their errors too;
/// <see langword="null"/> where the file is no JSON object with a section <c>Webserv</c>. To be served only while
/// <see cref="Errors"/> is empty.
/// </param>
/// <param name="Collector">Where later stages (options of plugins, pipelines) add what they find.</param>
/// <param name="Configuration">The whole file, for its section <c>Logging</c>; empty where it could not be read.</param>
internal sealed record ConfigurationLoadResult(WebservOptions? Options, ConfigurationErrors Collector, IConfigurationRoot Configuration)
{
    /// <summary>Everything that is wrong so far, by line.</summary>
    public IReadOnlyList<ConfigurationError> Errors => Collector.ToList();
}
