using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("UsesSqlite", typeof(Webserv.TestPlugins.UsesSqlite.UsesSqlitePlugin))]

namespace Webserv.TestPlugins.UsesSqlite;

/// <summary>A plugin that brings a native library along.</summary>
public sealed class UsesSqlitePlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<CountsInSqlite>("CountsInSqlite");
}
