namespace Webserv.Host.Plugins;

/// <summary>A request inside a plugin whose time there is limited.</summary>
internal interface IRequestInside
{
    /// <summary>Time has passed.</summary>
    /// <param name="now">The timestamp of this moment.</param>
    /// <param name="most">The most that may be counted: a process that stood still is no plugin's fault.</param>
    void Tick(long now, TimeSpan most);
}
