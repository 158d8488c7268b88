using Webserv.Abstractions.Plugins;
using Webserv.Plugins.DirectoryListing;

[assembly: WebservPlugin("Webserv.Plugins.DirectoryListing", typeof(DirectoryListingPlugin))]
