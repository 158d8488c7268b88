// ASP.NET Core's static files on Kestrel, for the comparison alone: kestrel-files PORT ROOT [--gzip] [--log FILE]
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Webserv.Benchmarks.Kestrel;

if (args.Length < 2)
{
    Console.Error.WriteLine("usage: kestrel-files PORT ROOT [--gzip] [--log FILE]");
    return 2;
}

var log = Array.IndexOf(args, "--log") is var at and > 0 ? Path.GetFullPath(args[at + 1]) : null;
var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { WebRootPath = args[1] });
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenLocalhost(int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture), endpoint => endpoint.Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1);
    kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
    kestrel.Limits.MinResponseDataRate = null;
});
if (log is not null)
{
    // The only access log that ASP.NET Core has: W3C's format with the fields of the combined one.
    builder.Services.AddW3CLogging(options =>
    {
        options.LoggingFields = W3CLoggingFields.Date | W3CLoggingFields.Time | W3CLoggingFields.ClientIpAddress | W3CLoggingFields.UserName
            | W3CLoggingFields.Method | W3CLoggingFields.UriStem | W3CLoggingFields.UriQuery | W3CLoggingFields.ProtocolVersion
            | W3CLoggingFields.ProtocolStatus | W3CLoggingFields.Referer | W3CLoggingFields.UserAgent;
        options.LogDirectory = Path.GetDirectoryName(log)!;
        options.FileName = Path.GetFileNameWithoutExtension(log);
        options.FileSizeLimit = int.MaxValue;
        options.FlushInterval = TimeSpan.FromSeconds(1);
    });
}

await using var app = builder.Build();
if (log is not null)
{
    app.UseW3CLogging();
}

var files = new PhysicalFileProvider(Path.GetFullPath(args[1]));
if (args.Contains("--gzip"))
{
    app.Use(new GzipSiblings(files).InvokeAsync);
}

app.UseStaticFiles(new StaticFileOptions
{
    FileProvider = files,
    ContentTypeProvider = new SiblingContentTypes(new FileExtensionContentTypeProvider()),
    ServeUnknownFileTypes = true,
    OnPrepareResponse = GzipSiblings.Prepare,
});
await app.RunAsync();
return 0;
