using Webserv.Abstractions.Plugins;
using Webserv.Plugins.BrowserRefresh;

[assembly: WebservPlugin("Webserv.Plugins.BrowserRefresh", typeof(BrowserRefreshPlugin))]
