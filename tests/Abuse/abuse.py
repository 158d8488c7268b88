#!/usr/bin/env python3
"""Scripts that do what they should not, beside an ordinary client; then large bodies through scripts. Started by ../abuse."""

import argparse
import collections
import json
import os
import platform
import re
import resource
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks" / "staying-up"), str(ROOT / "benchmarks" / "compare")]

import collection
import memory
import server_watch
from misdeeds import BOMB_USER, misdeeds
from ordinary_client import OrdinaryClient, OrdinaryProcess, percentile
from process import ServerProcess, free_port
from servers import SERVERS

MIB = 1 << 20
LATENCY_BOUND = 0.2
MEMORY_BOUND = 24 * MIB  # What a heap that breathes, and code compiled later, may take beyond the state before.
RESIDENT_BOUND = 150 * MIB
PAGE = b"an ordinary page\n" * 40
PIECE = 1_000_003  # No multiple of any buffer: what is shifted is noticed.


class Site:
    """An entry for each kind, so that each has all of its places."""

    def __init__(self, folder, port, kinds, timeout):
        self.port = port
        self.scratch = folder / "tmp"
        self.scratch.mkdir(parents=True)
        self.scratch.chmod(0o1777)
        self.scripts = folder / "scripts"
        (folder / "www").mkdir()
        (folder / "www" / "page.txt").write_bytes(PAGE)
        self.configuration = folder / "appsettings.json"
        self.paths = {}
        pipeline = []
        for number, kind in enumerate(kinds):
            pipeline.append(self._entry(f"k{number}", kind.script, kind.settings(timeout)))
            self.paths[kind.name] = f"/k{number}/a.sh"
        pipeline.append(self._entry("echo", "printf 'Content-Type: application/octet-stream\\n\\n'\nexec cat\n", {"Timeout": "60s", "ChunkedBody": "Stream"}))
        self.configuration.write_text(json.dumps({
            "Webserv": {
                "Limits": {"MaxConnections": 20000},
                "VirtualServers": [{
                    "Name": "abuse", "Listen": [f"http://127.0.0.1:{port}"], "Root": "www", "MaxRequestBodySize": "200MB",
                    "Pipeline": [*pipeline, {"Use": "StaticFiles"}],
                }],
            },
        }, indent=1))

    def _entry(self, name, script, options):
        directory = self.scripts / name
        directory.mkdir(parents=True)
        (directory / "a.sh").write_text(script)
        settings = {"Interpreters": {".sh": "/bin/sh"}, "KillGrace": "500ms", "MaxConcurrent": 64, **options}
        return {"When": {"Path": f"/{name}/*"}, "Root": f"scripts/{name}", "Pipeline": [{"Use": "Cgi", "Options": settings}]}

    def left_over(self):
        """Temporary files, but for what the runtime itself has."""
        return [path.name for path in self.scratch.iterdir() if not path.name.startswith(("dotnet-diagnostic", "clr-debug-pipe"))]

    def processes(self):
        """Scripts and all that they started, whoever their parent is."""
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    if os.readlink(f"/proc/{entry}/cwd").startswith(str(self.scripts)) or os.stat(f"/proc/{entry}").st_uid == BOMB_USER:
                        found.append(f"{entry} {Path(f'/proc/{entry}/cmdline').read_bytes()[:60]!r}")
                except OSError:
                    continue  # It ended since it was listed.
        return found


class Clients:
    """Everybody who asks, one thread each; counts what each kind came to."""

    def __init__(self, site):
        self._site = site
        self._lock = threading.Lock()
        self.outcomes = collections.defaultdict(collections.Counter)

    def ask(self, kind):
        outcome = self._ask(kind)
        with self._lock:
            self.outcomes[kind.name][outcome] += 1

    def _ask(self, kind):
        try:
            with socket.create_connection(("127.0.0.1", self._site.port), timeout=kind.patience or 240) as connection:
                head = f"POST {self._site.paths[kind.name]} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {kind.body}\r\n\r\n"
                sender = threading.Thread(target=self._send, args=(connection, head.encode() + bytes(kind.body)), daemon=True)
                sender.start()
                try:
                    return self._read(connection)
                finally:
                    self._end(connection, is_reset=kind.patience is not None)
                    sender.join(30)
        except TimeoutError:
            return "left" if kind.patience else "no answer"
        except OSError as problem:
            return f"{type(problem).__name__} {problem}"

    @staticmethod
    def _end(connection, is_reset):
        try:
            if is_reset:  # Gone for good, not only silent.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            else:
                connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # The server was quicker.

    @staticmethod
    def _send(connection, data):
        try:
            connection.sendall(data)
        except OSError:
            pass  # The server has answered and does not want the rest.

    @staticmethod
    def _read(connection):
        data = bytearray()
        is_reset = False
        try:
            while more := connection.recv(1 << 16):
                data += more
        except ConnectionError:
            is_reset = True
        if not data:
            return "reset" if is_reset else "closed"
        head, _, body = bytes(data).partition(b"\r\n\r\n")
        status = int(head[9:12])
        chunked = b"transfer-encoding: chunked" in head.lower()
        length = re.search(rb"content-length: (\d+)", head.lower())
        whole = body.endswith(b"0\r\n\r\n") if chunked else length is not None and len(body) == int(length[1])
        return status if whole else "cut"


def open_up():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else max(soft, 65536), hard))


def all_at_once(calls):
    threads = [threading.Thread(target=call, daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    if left := sum(thread.is_alive() for thread in threads):
        raise RuntimeError(f"{left} clients still wait")


class Rest:
    """What is there when nobody asks for anything and garbage is collected; waits until it is as it was before."""

    def __init__(self, site, server, goal=None):
        end = time.monotonic() + 60
        while True:
            self.processes = site.processes()
            self.files = site.left_over()
            self.zombies = len(server.pids()) - 1
            self.descriptors = server_watch.descriptors(server)
            is_back = goal is None or self.descriptors <= goal.descriptors
            if (not self.processes and not self.files and not self.zombies and is_back) or time.monotonic() > end:
                break
            time.sleep(0.2)
        self.seconds = time.monotonic() - end + 60
        for _ in range(6):
            collection.force(min(server.pids()))
            time.sleep(0.5)
            self.memory = memory.of(server, [min(server.pids())]).own
            if goal is not None and self.memory - goal.memory < MEMORY_BOUND // 2:
                break


class Echo:
    """One large body up and down through a script, checked byte for byte."""

    def __init__(self, port, size, block):
        self._port, self._size, self._block = port, size, block
        self.problem = None

    def run(self, times):
        for number in range(times):
            try:
                self._once(chunked=number % 2 == 1)
            except (OSError, ValueError) as problem:
                self.problem = f"{type(problem).__name__} {problem}"
                return

    def _once(self, chunked):
        with socket.create_connection(("127.0.0.1", self._port), timeout=240) as connection:
            framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {self._size}"
            connection.sendall(f"POST /echo/a.sh HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{framing}\r\n\r\n".encode())
            sender = threading.Thread(target=self._send, args=(connection, chunked), daemon=True)
            sender.start()
            self._check(connection.makefile("rb", buffering=1 << 16))
            sender.join(30)

    def _send(self, connection, chunked):
        try:
            view = memoryview(self._block)
            for start in range(0, self._size, PIECE):
                piece = view[: min(PIECE, self._size - start)]
                if chunked:
                    connection.sendall(f"{len(piece):x}\r\n".encode())
                connection.sendall(piece)
                if chunked:
                    connection.sendall(b"\r\n")
            if chunked:
                connection.sendall(b"0\r\n\r\n")
        except OSError as problem:
            self.problem = f"sending: {problem}"

    def _check(self, answer):
        if not answer.readline().startswith(b"HTTP/1.1 200 "):
            raise ValueError("not 200")
        while (line := answer.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                raise ValueError("a length that nobody said")
        position = 0
        view = memoryview(self._block)
        while size := int(answer.readline(), 16):
            left = size
            while left:
                offset = position % PIECE
                piece = answer.read(min(left, PIECE - offset))
                if not piece or piece != view[offset : offset + len(piece)]:
                    raise ValueError(f"wrong byte in the {len(piece)} from {position} on")
                position += len(piece)
                left -= len(piece)
            answer.readline()
        if position != self._size:
            raise ValueError(f"{position} of {self._size} bytes")


class Peak(threading.Thread):
    """The largest resident set of the server, look by look."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self._pid = min(server.pids())
        self._over = threading.Event()
        self.bytes = 0

    def run(self):
        while not self._over.wait(0.05):
            for line in Path(f"/proc/{self._pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    self.bytes = max(self.bytes, int(line.split()[1]) * 1024)

    def stop(self):
        self._over.set()
        self.join(10)


def large_bodies(site, server, options, checks):
    block = os.urandom(PIECE)
    size = options.megabytes * 1_000_000
    for clients, times in ((1, 2), (options.uploads, options.rounds)):
        peak = Peak(server)
        peak.start()
        begin = time.monotonic()
        echoes = [Echo(site.port, size, block) for _ in range(clients)]
        all_at_once([lambda echo=echo: echo.run(times) for echo in echoes])
        took = time.monotonic() - begin
        peak.stop()
        problems = [echo.problem for echo in echoes if echo.problem]
        what = f"{clients} × {times} times {options.megabytes} MB up and down"
        checks.append((f"{what}: the same bytes", not problems, f"{size * clients * times / took / MIB:.0f} MiB/s each way; {problems[:1] or 'all right'}"))
        checks.append((f"{what}: the server has less than {RESIDENT_BOUND // MIB} MiB", peak.bytes < RESIDENT_BOUND, f"{peak.bytes / MIB:.0f} MiB"))


def abuse(site, server, options, kinds, checks):
    clients = Clients(site)
    all_at_once([lambda kind=kind: clients.ask(kind) for kind in kinds])  # What is made once is made.
    warm = OrdinaryClient(site.port, "/page.txt", PAGE)
    warm.start()
    time.sleep(0.5)
    warm.stop()
    before = Rest(site, server)
    clients = Clients(site)
    ordinary = OrdinaryProcess(site.port, "/page.txt", PAGE, timeout=30)
    ordinary.start()
    begin = time.monotonic()
    all_at_once([lambda kind=kind: clients.ask(kind) for _ in range(options.each) for kind in kinds])
    took = time.monotonic() - begin
    ordinary.stop()
    after = Rest(site, server, before)
    latencies = sorted(ordinary.latencies)
    p99 = percentile(latencies, 0.99) if latencies else float("inf")
    strange = [f"{kind.name}: {outcome}" for kind in kinds for outcome in clients.outcomes[kind.name] if outcome not in kind.outcomes]
    checks += [
        (f"{options.each} of each of {len(kinds)} kinds at once: each comes to what it should", not strange, f"{took:.1f} s; {strange[:3] or 'all right'}"),
        (
            f"meanwhile an ordinary page takes at most {LATENCY_BOUND * 1000:.0f} ms (p99)" if options.judge_latency else "meanwhile an ordinary page is answered",
            not ordinary.failures and bool(latencies) and (p99 <= LATENCY_BOUND or not options.judge_latency),
            f"{len(latencies)} answers, p50 {percentile(latencies, 0.5) * 1000:.1f}, p99 {p99 * 1000:.1f}, max {latencies[-1] * 1000:.1f} ms; "
            f"{len(ordinary.failures)} failed {ordinary.failures[:1] or ''}" if latencies else "none",
        ),
        (
            "no process is left", not after.processes and not after.zombies,
            f"{len(after.processes)}, {after.zombies} zombies, after {after.seconds:.1f} s {after.processes[:3] or ''}",
        ),
        ("descriptors are back", after.descriptors <= before.descriptors, f"{before.descriptors} → {after.descriptors}"),
        ("no temporary file is left", not after.files, f"{after.files[:3] or 0}"),
        ("memory is back", after.memory - before.memory < MEMORY_BOUND, f"{before.memory / MIB:.1f} → {after.memory / MIB:.1f} MiB"),
    ]
    return clients.outcomes


def report(options, checks, outcomes, log):
    wrong = [line[:300] for line in log.splitlines() if re.match(r"\S+ crit: ", line) or "supervision failed" in line or "do not end" in line]
    checks.append(("nothing critical is in the log", not wrong, f"{wrong[:1] or 0}"))
    version = SERVERS["webserv"].version(SERVERS["webserv"].program())
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}; {version}; {'as root' if os.geteuid() == 0 else 'not as root'}\n")
    print("| what must hold | | |\n|---|---|---|")
    for what, holds, figures in checks:
        print(f"| {what} | {figures} | {'pass' if holds else '**FAIL**'} |")
    if outcomes:
        print("\n| misdeed | came to |\n|---|---|")
        for name, counts in outcomes.items():
            print(f"| {name} | {', '.join(f'{outcome} × {count}' for outcome, count in sorted(counts.items(), key=str))} |")
    passed = all(holds for _, holds, _ in checks)
    print(f"\n{'PASS' if passed else 'FAIL'}")
    return 0 if passed else 1


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=64, help="how many of each kind at once; 0 for none (64)")
    parser.add_argument("--timeout", type=float, default=3, help="seconds that a script may be silent (3)")
    parser.add_argument("--only", help="only the kinds whose names contain this")
    parser.add_argument("--megabytes", type=int, default=100, help="of a large body (100)")
    parser.add_argument("--uploads", type=int, default=20, help="how many large bodies at once; 0 for none (20)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each of them (5)")
    parser.add_argument("--no-latency", dest="judge_latency", action="store_false", help="on a machine that does other things, too")
    parser.add_argument("--no-build", action="store_true", help="take the server as it was built last")
    return parser.parse_args()


def run(options, folder):
    kinds = [kind for kind in misdeeds(os.geteuid() == 0) if not options.only or options.only in kind.name]
    site = Site(folder / "site", free_port(), kinds, f"{options.timeout:g}s")
    for directory in (folder, folder / "site"):
        directory.chmod(0o755)  # The user of the fork bomb has to come here.
    tempfile.tempdir = os.environ["TMPDIR"] = str(site.scratch)  # The server's too.
    program = SERVERS["webserv"].program()
    if program is None:
        raise RuntimeError("the server is not built")
    own = folder / "webserv"
    own.mkdir()
    server = ServerProcess([program, "run", "--config", str(site.configuration)], own, site.port)
    checks, outcomes = [], None
    try:
        if options.each:
            outcomes = abuse(site, server, options, kinds, checks)
        if options.uploads:
            large_bodies(site, server, options, checks)
    except (RuntimeError, OSError):
        # What it said goes with the folder.
        print(f"abuse: the end of the log:\n{(own / 'output.log').read_text(errors='replace')[-2000:]}", file=sys.stderr)
        raise
    finally:
        server.stop()
        for line in site.processes():
            os.kill(int(line.split()[0]), signal.SIGKILL)
    return report(options, checks, outcomes, (own / "output.log").read_text(errors="replace"))


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # So that the server is stopped then, too.
    open_up()
    folder = Path(tempfile.mkdtemp(prefix="webserv-abuse-"))
    try:
        return run(options, folder)
    except (RuntimeError, OSError) as problem:
        print(f"abuse: {problem}", file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
