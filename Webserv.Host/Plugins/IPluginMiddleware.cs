namespace Webserv.Host.Plugins;

/// <summary>A registration as its plugin instance sees it.</summary>
internal interface IPluginMiddleware : IMiddlewareRegistration
{
    /// <summary>Gives it the container of its plugin, or takes it away when the plugin is unloaded.</summary>
    void Attach(IServiceProvider? services);
}
