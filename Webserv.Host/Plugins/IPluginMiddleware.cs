namespace Webserv.Host.Plugins;

/// <summary>A registration as its plugin instance sees it.</summary>
internal interface IPluginMiddleware : IMiddlewareRegistration
{
    /// <summary>Gives it its plugin and the container of that, or takes them away when the plugin is unloaded.</summary>
    void Attach(PluginInstance? plugin, IServiceProvider? services);
}
