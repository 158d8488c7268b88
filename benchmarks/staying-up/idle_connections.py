#!/usr/bin/env python3
"""Memory that an idle keep-alive connection costs, nginx and this server in one run. Started by ../idle-connections."""

import argparse
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "compare"))

import collection
import descriptors
import memory
from process import ServerProcess, free_port
from servers import SERVERS, WORKER_CONNECTIONS, WORKERS, Settings

LENGTH = 612
KEEPALIVE = 3600
REQUEST = f"GET /{LENGTH}.bin HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=10_000, help="idle connections (10000)")
    parser.add_argument("--rounds", type=int, default=3, help="servers started anew and measured, in turns (3)")
    parser.add_argument("--settle", type=float, default=60, help="seconds to wait at most until the memory does not move (60)")
    parser.add_argument("--no-build", action="store_true", help="take the server as it was built last")
    options = parser.parse_args()
    if not 100 <= options.connections <= WORKERS * WORKER_CONNECTIONS * 3 // 4:
        parser.error(f"100 to {WORKERS * WORKER_CONNECTIONS * 3 // 4} connections")
    if options.rounds < 1:
        parser.error("at least one round")
    return options


def read_answer(connection):
    """One answer with its Content-Length; raises where it is not the file."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            raise RuntimeError(f"the server closed the connection after {data!r}")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"not the file: {head[:100]!r}")
    while len(body) < LENGTH:
        if not (more := connection.recv(65536)):
            raise RuntimeError("the server closed the connection within an answer")
        body += more


def request(connection):
    connection.sendall(REQUEST)
    read_answer(connection)


def open_connections(port, count, connections):
    """Each is served one request and stays open."""
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        connections.append(connection)
        request(connection)


def warm_up(port):
    """The code paths are compiled and the pools filled before the first measurement: the growth is the connections' alone."""
    done = subprocess.run(
        ["wrk", "-t2", "-c64", "-d5s", f"http://127.0.0.1:{port}/{LENGTH}.bin"], capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode != 0 or "Non-2xx" in done.stdout:
        raise RuntimeError(f"the warm-up failed: {done.stdout}{done.stderr}")


def measure(name, server, options):
    """Bytes of memory a connection (as the server stands there, resident, and after a collection), and the memory before."""
    warm_up(server.port)
    collect(name, server)  # What the start left behind is not to pay for the connections.
    before = memory.settled(server, patience=options.settle)
    connections = []
    try:
        open_connections(server.port, options.connections, connections)
        after = memory.settled(server, patience=options.settle)
        collect(name, server)
        collected = memory.settled(server, patience=options.settle)
        for connection in connections:
            # Still open, and still served: what was measured were live connections.
            request(connection)
    finally:
        for connection in connections:
            connection.close()
    growth = (after.pss - before.pss, after.rss - before.rss, collected.pss - before.pss)
    return [bytes_more / options.connections for bytes_more in growth] + [before.pss]


def collect(name, server):
    """A full collection, for the server that has a collector."""
    if name == "webserv":
        for pid in server.pids():
            collection.force(pid)


def start(name, folder, docroot):
    definition = SERVERS[name]
    program = definition.program()
    if program is None:
        raise RuntimeError(f"{name} is not here: apt-get install --no-install-recommends {definition.package}")
    own = folder / name
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir(mode=0o755)
    port = free_port()
    return ServerProcess(definition.command(program, own, docroot, port, Settings(keepalive=KEEPALIVE)), own, port)


def run(options, folder):
    docroot = folder / "docroot"
    docroot.mkdir()
    (docroot / f"{LENGTH}.bin").write_bytes(os.urandom(LENGTH))
    names = ["nginx", "webserv"]
    results = {name: [] for name in names}
    versions = ", ".join(SERVERS[name].version(SERVERS[name].program() or name) for name in names)
    for turn in range(options.rounds):
        for name in names if turn % 2 == 0 else reversed(names):
            server = start(name, folder, docroot)
            try:
                results[name].append(measure(name, server, options))
            finally:
                server.stop()
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, {WORKERS} workers each; {versions};")
    print(f"{options.connections:,} keep-alive connections, each idle after one request; medians of {options.rounds} rounds.\n")
    print("| server | PSS bytes/connection | RSS bytes/connection | PSS after a collection | PSS of all rounds | memory before, MiB |")
    print("|---|--:|--:|--:|--:|--:|")
    medians = {name: [sorted(column)[len(column) // 2] for column in zip(*results[name])] for name in names}
    for name in names:
        pss, rss, collected, before = medians[name]
        rounds = ", ".join(f"{row[0]:,.0f}" for row in results[name])
        print(f"| {name} | **{pss:,.0f}** | {rss:,.0f} | {collected:,.0f} | {rounds} | {before / (1 << 20):.1f} |")
    allowed = medians["nginx"][0] + 1024
    held = medians["webserv"][0] <= allowed
    print(f"\n{'PASS' if held else 'FAIL'}: {medians['webserv'][0]:,.0f} bytes a connection, nginx's plus 1 KiB is {allowed:,.0f}")
    return 0 if held else 1


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # So that the servers are stopped then, too.
    folder = Path(tempfile.mkdtemp(prefix="webserv-idle-"))
    try:
        descriptors.allow(options.connections + 1000)
        return run(options, folder)
    except (RuntimeError, OSError, subprocess.SubprocessError) as problem:
        print(f"idle-connections: {problem}", file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
