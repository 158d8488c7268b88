"""From saving a source to the new answer, and to the page in the browser that shows it.

Packs Webserv.Abstractions and the template, makes a plugin of it in a directory of its own, runs its ./dev, opens its page in
Chromium, and saves its middleware again and again with another text. A client asks for the page every 20 ms; the page itself has a
picture that comes from here, so that it is seen when the browser shows it. Prints a table in Markdown.
"""

import argparse
import contextlib
import http.server
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds

MIDDLEWARE = '''
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Foo;

/// <summary>Answers with a page.</summary>
public sealed class FooMiddleware : IMiddleware
{
    /// <inheritdoc/>
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
        context.Response.WriteTextAsync("<!doctype html><title>EDIT</title><p>EDIT<img src=\\"http://127.0.0.1:PORT/EDIT\\">", "text/html; charset=utf-8", cancellation);
}
'''

PLUGIN = '''
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("Foo", typeof(Foo.FooPlugin))]

namespace Foo;

/// <summary>Offers Foo.</summary>
public sealed class FooPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<FooMiddleware, FooOptions, FooOptionsValidator>("Foo");
}
'''


class Pictures(http.server.ThreadingHTTPServer):
    """Remembers when the browser asked for which picture."""

    daemon_threads = True

    def __init__(self):
        self.seen = {}
        self.changed = threading.Condition()
        super().__init__(("127.0.0.1", 0), PictureHandler)

    def wait(self, edit):
        with self.changed:
            if not self.changed.wait_for(lambda: edit in self.seen, PATIENCE):
                raise TimeoutError(f"the browser does not show {edit}")
            return self.seen[edit]


class PictureHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with self.server.changed:
            self.server.seen.setdefault(self.path[1:], time.monotonic())
            self.server.changed.notify_all()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def run(command, directory, environment):
    done = subprocess.run(command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout}")


def wait_for_answer(url, edit):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(url, timeout=5) as answer:
                if f">{edit}<" in answer.read().decode():
                    return time.monotonic()
        time.sleep(0.02)
    raise TimeoutError(f"nobody answers {edit}")


def free_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return holder.getsockname()[1]


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # What was started ends with it.
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=10)
    parser.add_argument("--pause", type=float, default=1, help="seconds between two edits")
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a variable of the environment of ./dev")
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="show what ./dev says")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="webserv-dev-loop-") as work, contextlib.ExitStack() as stack:
        work = pathlib.Path(work)
        environment = dict(
            os.environ, HOME=str(work / "home"), DOTNET_CLI_HOME=str(work / "home"), DOTNET_NOLOGO="1", DOTNET_CLI_TELEMETRY_OPTOUT="1",
            DOTNET_GENERATE_ASPNET_CERTIFICATE="false", XDG_CACHE_HOME=str(work / "cache"), TMPDIR=str(work / "tmp"), NuGetAudit="false",
            NUGET_PACKAGES=str(work / "packages"), WEBSERV=str(ROOT / "Webserv.Host/bin/Release/net10.0/webserv"), PORT=str(free_port()))
        for name in ("UseSharedCompilation", "MSBUILDDISABLENODEREUSE", "DOTNET_CLI_USE_MSBUILD_SERVER"):
            environment.pop(name, None)  # What a build farm sets; an author does not.
        environment.update(variable.split("=", 1) for variable in arguments.set)
        for directory in ("home/.nuget/NuGet", "tmp"):
            (work / directory).mkdir(parents=True)
        restored = os.environ.get("NUGET_PACKAGES", str(pathlib.Path.home() / ".nuget/packages"))
        (work / "home/.nuget/NuGet/NuGet.Config").write_text(
            f'<configuration><fallbackPackageFolders><add key="restored" value="{restored}" /></fallbackPackageFolders></configuration>')
        version = f"0.0.0-loop.{os.getpid()}"
        run([str(ROOT / "packaging/pack"), str(work / "feed"), f"-p:PackageVersion={version}",
             *(["-p:NoBuild=true"] if arguments.no_build else [])], ROOT, dict(os.environ))
        run(["dotnet", "new", "install", *map(str, (work / "feed").glob("Webserv.Templates.*.nupkg"))], work, environment)
        run(["dotnet", "new", "webserv-plugin", "-n", "Foo", "--tests", "false", "--packages", str(work / "feed")], work, environment)
        plugin = work / "Foo/Foo"
        pictures = Pictures()
        threading.Thread(target=pictures.serve_forever, daemon=True).start()
        source = MIDDLEWARE.replace("PORT", str(pictures.server_port))
        (plugin / "FooPlugin.cs").write_text(PLUGIN)
        (plugin / "FooMiddleware.cs").write_text(source.replace("EDIT", "edit-0"))
        output = None if arguments.verbose else subprocess.DEVNULL
        stack.callback(subprocess.run, ["dotnet", "build-server", "shutdown"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        dev = subprocess.Popen(["./dev"], cwd=work / "Foo", env=environment, stdout=output, stderr=output, start_new_session=True)
        stack.callback(end, dev)
        url = f"http://127.0.0.1:{environment['PORT']}/foo"
        wait_for_answer(url, "edit-0")
        browser = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             f"--user-data-dir={work / 'profile'}", "--remote-debugging-port=0", url],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        stack.callback(end, browser)
        pictures.wait("edit-0")
        answers, pages = [], []
        for number in range(1, arguments.edits + 1):
            time.sleep(arguments.pause)
            edit = f"edit-{number}"
            start = time.monotonic()
            (plugin / "FooMiddleware.cs").write_text(source.replace("EDIT", edit))
            answers.append(wait_for_answer(url, edit) - start)
            pages.append(pictures.wait(edit) - start)
            if arguments.verbose:
                print(f"{edit}: {answers[-1]:.2f} {pages[-1]:.2f}", flush=True)
        print("| from a save to | median s | lowest to highest |\n|---|--:|--:|")
        for what, times in (("the new answer", answers), ("the page in the browser", pages)):
            print(f"| {what} | {statistics.median(times):.2f} | {min(times):.2f} – {max(times):.2f} |")


if __name__ == "__main__":
    main()
