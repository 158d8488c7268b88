using System.Runtime.CompilerServices;
using Webserv.Abstractions.Plugins;
using Webserv.Plugins.Metrics;

[assembly: WebservPlugin("Webserv.Plugins.Metrics", typeof(MetricsPlugin))]
[assembly: InternalsVisibleTo("Webserv.Plugins.Metrics.Tests")]
[assembly: InternalsVisibleTo("Webserv.Host.Tests")]
