using Webserv.Abstractions.Plugins;
using Webserv.Plugins.Uploads;

[assembly: WebservPlugin("Webserv.Plugins.Uploads", typeof(UploadsPlugin))]
