using Webserv.Abstractions.Plugins;
using Webserv.Plugins.Hello;

// The host reads this line from the metadata, before any code of the assembly runs. The id is the assembly's name.
[assembly: WebservPlugin("Webserv.Plugins.Hello", typeof(HelloPlugin))]
