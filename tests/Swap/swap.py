#!/usr/bin/env python3
"""Replaces a plugin, or the configuration, again and again under full load. Started by ../swap."""

import argparse
import http.client
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks" / "staying-up"), str(ROOT / "benchmarks" / "compare")]

import collection
import memory
from process import ServerProcess, free_port
from servers import WEBSERV

BUILD = ROOT / "tests" / "TestPlugins" / "Versioned" / "bin" / "Release" / "net10.0"
FIRST_PARTY = WEBSERV.parent / "plugins" / "Webserv.Plugins.Hello"
REPETITIONS = 20
MIB = 1 << 20
# Replacements, under load too, before memory is measured. The runtime compiles what is called for the thirtieth time once more, optimised: with the
# code of replacing and draining that is over after some hundred, and no growth.
WARM_UP = 120


def marker(build):
    return f"build-{build:04}"


class Site:
    """A directory with a configuration and the plugin."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.plugin = folder / "plugins" / "Versioned"
        self.plugin.mkdir(parents=True)
        self.hello = folder / "plugins" / FIRST_PARTY.name
        shutil.copytree(FIRST_PARTY, self.hello)
        shutil.copy(BUILD / "Versioned.deps.json", self.plugin)
        self._template = (BUILD / "Versioned.dll").read_bytes()
        self._at = self._template.index(marker(1).encode("utf-16-le"))
        self.install(1)
        self.configure(0)

    def configure(self, generation):
        configuration = {
            "Webserv": {
                "Plugins": {"Directories": ["plugins"]},
                "VirtualServers": [
                    {
                        "Name": "main",
                        "Listen": [f"http://127.0.0.1:{self.port}"],
                        "Pipeline": [
                            {"Use": "Hello", "When": {"Path": "/hello"}, "Options": {"Greeting": f"greeting-{generation}"}},
                            {"Use": "Versioned"},
                        ],
                    }
                ],
            }
        }
        self._write(self.folder / "appsettings.json", json.dumps(configuration, indent=2).encode())

    def install(self, build, is_broken=False):
        """In turn by a rename and in place, as cp does it."""
        data = bytearray(self._template)
        text = marker(build).encode("utf-16-le")
        data[self._at : self._at + len(text)] = text
        data = bytes(data[:2000] if is_broken else data)
        if build % 2:
            self._write(self.plugin / "Versioned.dll", data)
        else:
            (self.plugin / "Versioned.dll").write_bytes(data)

    def touch_hello(self, number):
        self._write(self.hello / "version.txt", f"{number}\n".encode())

    @staticmethod
    def _write(path, data):
        new = path.with_name(path.name + ".new")
        new.write_bytes(data)
        new.replace(path)


class Client:
    """Asks on one connection that is kept."""

    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path):
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def await_answer(self, path, wanted, seconds=30):
        """Seconds until an answer holds what is wanted."""
        start = time.monotonic()
        while wanted not in self.get(path)[1]:
            if time.monotonic() - start > seconds:
                raise RuntimeError(f"{path} does not answer {wanted!r} after {seconds} s")
            time.sleep(0.002)
        return time.monotonic() - start


def slow_stream(port, over, problems, counts):
    """Answers that take two seconds each, so that some are always open."""
    client = Client(port)
    while not over.is_set():
        try:
            status, body = client.get("/slow")
            line = body[:11]
            if status != 200 or body != line * REPETITIONS:
                problems.append(f"/slow: {status}, {len(body)} bytes")
            counts.append(1)
        except OSError as problem:
            problems.append(f"/slow: {problem!r}")
            client = Client(port)


class Load:
    """wrk at full rate, for as long as it takes."""

    def __init__(self, port, connections, seconds):
        self._process = subprocess.Popen(
            ["wrk", "-t2", f"-c{connections}", f"-d{seconds}", "--latency", "-s", str(Path(__file__).with_name("check.lua")), f"http://127.0.0.1:{port}/"],
            stdout=subprocess.PIPE,
            text=True,
        )

    def is_running(self):
        return self._process.poll() is None

    def result(self):
        text = self._process.communicate(timeout=300)[0]
        match = re.search(r"^RESULT (\d+) (\d+) (\d+) (\d+) (\d+)$", text, re.MULTILINE)
        if not match:
            raise RuntimeError(text)
        checked, wrong, errors, median, p99 = (int(value) for value in match.groups())
        return {"checked": checked, "wrong": wrong, "errors": errors, "median_ms": median / 1000, "p99_ms": p99 / 1000}


def copies(server, name):
    """The versions of an assembly that the process has mapped."""
    maps = Path(f"/proc/{server.pids()[0]}/maps").read_text()
    return len({line.split(None, 5)[5] for line in maps.splitlines() if line.endswith(f"/{name}")})


def at_rest(server, name):
    """Own memory and mapped versions when garbage is collected. A load context goes in several collections, and what they free is given back
    to the system a little at a time: the lowest of a dozen counts."""
    own = []
    for _ in range(12):
        collection.force(server.pids()[0])
        time.sleep(1)
        own.append(memory.of(server).own)
    return min(own), copies(server, name)


def replace(site, client, log, options, numbers):
    """Replaces, and returns the times to the first answer of what is new."""
    times = []
    for number in numbers:
        if options.first_party:
            site.touch_hello(number)
            start = time.monotonic()
            wanted = log.replaced + 1
            while log.count() < wanted:
                if time.monotonic() - start > 30:
                    raise RuntimeError(f"replacement {number} is not seen after 30 s")
                time.sleep(0.005)
            times.append(time.monotonic() - start)
        elif options.reloads:
            site.configure(number)
            times.append(client.await_answer("/hello", f"greeting-{number},".encode()))
        else:
            if options.broken and number % options.broken == 0:
                site.install(number, is_broken=True)
                time.sleep(0.4)  # Long enough to be tried.
            site.install(number)
            times.append(client.await_answer("/", marker(number).encode()))
    return times


class Log:
    """Counts replacements in what the server writes."""

    def __init__(self, path):
        self._path = path
        self.replaced = 0

    def count(self):
        self.replaced = self._path.read_text(errors="replace").count("is replaced by")
        return self.replaced


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="replacements (200)")
    parser.add_argument("--connections", type=int, default=512, help="connections of the load (512)")
    parser.add_argument("--streams", type=int, default=8, help="slow answers that are open throughout (8)")
    parser.add_argument("--broken", type=int, default=0, help="every so many builds a broken one comes first (0: none)")
    parser.add_argument("--reloads", action="store_true", help="change the configuration in place of the plugin")
    parser.add_argument("--first-party", type=int, default=0, help="so many replacements of the plugin Hello")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    count = options.first_party or options.count
    name = "Webserv.Plugins.Hello.dll" if options.first_party else "Versioned.dll"
    failures = []
    with tempfile.TemporaryDirectory(prefix="webserv-swap-") as folder:
        site = Site(Path(folder))
        server = ServerProcess([str(WEBSERV), "run", "--config", str(site.folder / "appsettings.json")], site.folder, site.port)
        log = Log(site.folder / "output.log")
        try:
            client = Client(site.port)
            over, problems, counts = threading.Event(), [], []
            streams = [threading.Thread(target=slow_stream, args=(site.port, over, problems, counts), daemon=True) for _ in range(options.streams)]
            for stream in streams:
                stream.start()

            def replace_under_load(first, count):
                times, loads, number = [], [], first
                while number < first + count:
                    load = Load(site.port, options.connections, 30)
                    while load.is_running() and number < first + count:
                        times += replace(site, client, log, options, [number])
                        number += 1
                    loads.append(load.result())
                return times, loads

            replace_under_load(2, WARM_UP)
            ordinary = Load(site.port, options.connections, 15).result()
            before, _ = at_rest(server, name)
            times, swapped = replace_under_load(WARM_UP + 2, count)
            over.set()
            for stream in streams:
                stream.join(30)
            after, mapped = at_rest(server, name)
            log_text = (site.folder / "output.log").read_text(errors="replace")
        finally:
            server.stop()

    total = {key: sum(part[key] for part in swapped) for key in ("checked", "wrong", "errors")}
    p99 = statistics.median(part["p99_ms"] for part in swapped)
    rows = [
        ("answers during the replacements", f"{total['checked']:,}", None),
        ("of them wrong, mixed or not 200", f"{total['wrong']:,}", total["wrong"] == 0),
        ("connection errors and time-outs", f"{total['errors']:,}", total["errors"] == 0),
        ("slow answers through it, two seconds each", f"{len(counts):,}, {len(problems)} failed", not problems),
        ("from the last byte of a copy to the first new answer, median", f"{statistics.median(times) * 1000:,.0f} ms, at most {max(times) * 1000:,.0f}", statistics.median(times) < 0.5),
        ("99th percentile, ordinary → during the replacements", f"{ordinary['p99_ms']:.1f} → {p99:.1f} ms", p99 < 2 * ordinary["p99_ms"]),
        ("own memory after a collection, before → after", f"{before / MIB:.1f} → {after / MIB:.1f} MiB", after < before * 1.05),
        ("versions of the plugin in memory", f"{mapped}", mapped == 1),
        ("warnings that a version stays in memory", f"{log_text.count('[3017]')}", "[3017]" not in log_text),
    ]
    what = "replacements of Hello" if options.first_party else "reloads of a changed configuration" if options.reloads else "replacements"
    if options.broken:
        what += f", every {options.broken}th after a broken build"
    print(f"## {count} {what}, {options.connections} connections\n\n| what | measured | |\n|---|---|---|")
    for title, value, passes in rows:
        print(f"| {title} | {value} | {'' if passes is None else 'pass' if passes else 'FAIL'} |")
        if passes is False:
            failures.append(title)
    for problem in problems[:5]:
        print(f"\n{problem}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
