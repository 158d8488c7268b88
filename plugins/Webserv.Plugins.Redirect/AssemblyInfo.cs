using Webserv.Abstractions.Plugins;
using Webserv.Plugins.Redirect;

[assembly: WebservPlugin("Webserv.Plugins.Redirect", typeof(RedirectPlugin))]
