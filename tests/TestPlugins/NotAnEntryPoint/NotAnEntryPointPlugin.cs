using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("NotAnEntryPoint", typeof(Webserv.TestPlugins.NotAnEntryPoint.NotAnEntryPointPlugin))]

namespace Webserv.TestPlugins.NotAnEntryPoint;

/// <summary>Is named as an entry point and is none.</summary>
public sealed class NotAnEntryPointPlugin;
