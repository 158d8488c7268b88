using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Cgi;

/// <summary>A server with scripts that answer in all ways that there are.</summary>
public sealed class AnswerSite : IAsyncLifetime
{
    public const int LargeLength = 1 << 20;

    /// <summary>Writes an event, and another for each line of the request's body.</summary>
    private const string Events =
        "printf 'data: 1\\n\\n'; read -r a; printf 'data: %s\\n\\n' \"$a\"; read -r b; printf 'data: %s\\n\\n' \"$b\"\n";

    internal ServerProcess Server { get; private set; } = null!;

    internal ServerFolder Folder { get; } = new();

    public async ValueTask InitializeAsync()
    {
        var large = new byte[LargeLength];
        for (var index = 0; index < large.Length; index++)
        {
            large[index] = (byte)('a' + (index % 23));
        }

        Folder.Write("private/large.txt", large);
        Folder.Write("outside/secret", "secret");
        File.CreateSymbolicLink(Folder.Combine("private", "escape"), Folder.Combine("outside", "secret"));
        Folder.WriteScript("cgi/events.sh", "#!/bin/sh\nprintf 'Content-Type: text/event-stream\\n\\n'\n" + Events);
        Folder.WriteScript("cgi/nph-events.sh", "#!/bin/sh\nprintf 'HTTP/1.0 200 OK\\r\\nContent-Type: text/event-stream\\r\\n\\r\\n'\n" + Events);
        Folder.WriteScript("cgi/nph-chunked.sh", "#!/bin/sh\nprintf 'HTTP/1.1 201 Made\\r\\nTransfer-Encoding: chunked\\r\\nConnection: close\\r\\nA: b\\r\\n\\r\\n'\n"
            + "[ \"$REQUEST_METHOD\" = HEAD ] || printf '3\\r\\nabc\\r\\n3\\r\\ndef\\r\\n0\\r\\n\\r\\n'\n");
        Folder.WriteScript("cgi/nph-broken.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nno status line'\n");
        Folder.WriteScript("cgi/more.sh", "#!/bin/sh\nprintf 'Content-Length: 3\\n\\nabcdef'\n");
        Folder.WriteScript("cgi/less.sh", "#!/bin/sh\nprintf 'Content-Length: 10\\n\\nabc'\n");
        Folder.WriteScript("cgi/crash.sh", "#!/bin/sh\nprintf 'A: b\\n\\npart'; read -r a; kill -SEGV $$\n");
        Folder.WriteScript("cgi/count.sh", "#!/bin/sh\nprintf 'A: b\\n\\n'; wc -c | tr -d ' \\n'\n");
        Folder.WriteScript("cgi/send.sh", "#!/bin/sh\nprintf 'Content-Type: text/x\\nSet-Cookie: a=1\\nX-Accel-Redirect: /protected/%s\\n\\nnot this' \"$QUERY_STRING\"\n");
        Folder.WriteScript("cgi/loop.sh", "#!/bin/sh\nprintf 'Location: /cgi/loop.sh\\n\\n'\n");
        Folder.WriteScript("cgi/from.sh", "#!/bin/sh\nprintf 'Location: /cgi/to.sh/p?to=1\\n\\n'\n");
        Folder.WriteScript("cgi/to.sh", "#!/bin/sh\nprintf 'A: b\\n\\n%s' \"$REQUEST_METHOD $REDIRECT_URL $REDIRECT_QUERY_STRING $REQUEST_URI $QUERY_STRING $PATH_INFO\"; wc -c | tr -d ' \\n'\n");
        Folder.WriteScript("get/get.sh", "#!/bin/sh\nprintf 'A: b\\n\\n%s' \"$REQUEST_METHOD\"\n");
        Folder.Write("cgi/plain.sh", "#!/bin/sh\n");
        Folder.Configure("""
            { "Webserv": { "VirtualServers": [ {
                "Name": "answers",
                "Listen": ["http://127.0.0.1:0"],
                "Root": "outside",
                "MaxRequestBodySize": "1MB",
                "Pipeline": [
                    { "Use": "Cgi", "When": { "Path": "/cgi/*" }, "Root": "cgi", "Options": { "Interpreters": { ".sh": "" }, "SendFileRoots": { "/protected/": "private" } } },
                    { "Use": "Cgi", "When": { "Path": "/get/*" }, "Root": "get", "Options": { "Interpreters": { ".sh": "" }, "Methods": ["GET"] } } ] } ] } }
            """);
        Server = await ServerProcess.StartAsync(Folder);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
    }
}
