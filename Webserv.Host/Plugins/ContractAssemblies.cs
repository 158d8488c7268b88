using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Plugins;

namespace Webserv.Host.Plugins;

/// <summary>
/// The assemblies whose types appear in the contract. They are the host's own in every plugin; everything else that a
/// plugin brings along is private to it. The list in <c>plugins/Directory.Build.props</c> keeps the same ones out of
/// the folders of plugins.
/// </summary>
internal static class ContractAssemblies
{
    /// <summary>Their names and versions.</summary>
    public static IReadOnlyList<AssemblyName> Names { get; } =
    [
        typeof(IPlugin).Assembly.GetName(),
        typeof(IServiceCollection).Assembly.GetName(),
        typeof(ILogger).Assembly.GetName(),
        typeof(IOptions<>).Assembly.GetName(),
        typeof(StringValues).Assembly.GetName(),
    ];
}
