using Webserv.Host.Commands;
using Webserv.Host.Server;

// Where the server is put together; everything below is the command line.
var server = new ServerHost();

var status = await new CommandLine(server, new Signals()).InvokeAsync(args, Console.Out, Console.Error, CancellationToken.None);

// Threads that a plugin has started and not ended keep no process.
Environment.Exit(status);
