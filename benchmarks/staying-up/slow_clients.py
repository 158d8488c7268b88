#!/usr/bin/env python3
"""Attacks the server with slow clients and floods, beside an ordinary client that must not notice. Started by ../slow-clients."""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "compare"))

import descriptors as limits
import server_watch
import siege
from ordinary_client import OrdinaryClient, percentile
from process import ServerProcess, free_port
from servers import SERVERS

MIB = 1 << 20
FLAT = 16 * MIB  # What the resident set may grow under load once it is warm: a heap breathes.


def slow(kind, options, port):
    """The command line of slowhttptest; -p is how long its own probe waits before it calls the server down."""
    common = ["slowhttptest", "-c", str(options.connections), "-l", str(options.seconds), "-r", "200", "-p", "5"]
    url = f"http://127.0.0.1:{port}"
    return {
        "slow-headers": [*common, "-H", "-i", "5", "-x", "24", "-t", "GET", "-u", f"{url}/612.bin"],
        "slow-body": [*common, "-B", "-i", "5", "-s", "8192", "-x", "24", "-t", "PUT", "-u", f"{url}/uploads/slow.bin"],
        "slow-read": [*common, "-X", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3", "-u", f"{url}/large.bin"],
    }[kind]


def wrk(options, port):
    return ["wrk", "-t2", f"-c{options.connections}", f"-d{options.seconds}s", "--latency", "--timeout", "10s", f"http://127.0.0.1:{port}/612.bin"]


KINDS = ["slow-headers", "slow-body", "slow-read", "siege", "wrk"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1000, help="of the attacker (1000)")
    parser.add_argument("--seconds", type=int, default=60, help="each trial (60)")
    parser.add_argument("--trials", type=lambda text: text.split(","), default=KINDS, help=",".join(KINDS))
    parser.add_argument("--no-build", action="store_true", help="take the server as it was built last")
    options = parser.parse_args()
    if unknown := [trial for trial in options.trials if trial not in KINDS]:
        parser.error(f"no trial: {', '.join(unknown)}")
    if not 2 <= options.connections <= 10_000 or options.seconds < 5:
        parser.error("2 to 10000 connections, 5 seconds and more")
    return options


def start(folder, docroot):
    server = SERVERS["webserv"]
    program = server.program()
    if program is None:
        raise RuntimeError("the server is not built")
    own = folder / "webserv"
    own.mkdir()
    (folder / "uploads").mkdir()
    port = free_port()
    command = server.command(program, own, docroot, port)
    file = own / "appsettings.json"
    configuration = json.loads(file.read_text())
    # Somebody has to read the bodies; otherwise an early answer ends the trial of slow bodies at once.
    configuration["Webserv"]["VirtualServers"][0]["Pipeline"].insert(
        0, {"Use": "Uploads", "When": {"Path": "/uploads/*"}, "Options": {"Directory": str(folder / "uploads"), "Conflict": "Replace"}}
    )
    file.write_text(json.dumps(configuration, indent=2))
    return ServerProcess(command, own, port)


def attacker_counts(output):
    """What slowhttptest says last of its connections."""
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", output)
    counts = {}
    for name in ("initializing", "pending", "connected", "error", "closed"):
        if found := re.findall(rf"{name}:\s+(\d+)", text):
            counts[name] = int(found[-1])
    available = re.findall(r"service available:\s+(\w+)", text)
    return counts, "NO" not in available


def judge_wrk(output):
    """Requests, and whether all were answered."""
    requests = int(re.search(r"(\d+) requests in", output)[1])
    problem = re.search(r"Socket errors:.*|Non-2xx.*", output)
    return f"{requests:,} answers, " + (problem[0].strip() if problem else "no error"), problem is None and requests > 0


def settle(server, before, patience=45):
    """The descriptors once they are back, or when patience ends."""
    end = time.monotonic() + patience
    while (now := server_watch.descriptors(server)) > before and time.monotonic() < end:
        time.sleep(0.5)
    return now


def attack(kind, options, server, folder):
    """Runs the attacker to its end; what it says of it, and for the floods whether all was answered."""
    environment = dict(os.environ, HOME=str(folder))
    if kind == "siege":
        outcome = siege.run(f"http://127.0.0.1:{server.port}/612.bin", options.connections, options.seconds, folder, environment)
        return str(outcome), outcome.is_right
    command = wrk(options, server.port) if kind == "wrk" else slow(kind, options, server.port)
    attacker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, env=environment)
    try:
        output, _ = attacker.communicate(timeout=options.seconds + 120)
    finally:
        if attacker.poll() is None:
            attacker.kill()
            attacker.wait()
    return judge_wrk(output) if kind == "wrk" else (output, True)


def trial(kind, options, server, folder, content):
    before = settle(server, 0, patience=2)
    is_slow = kind.startswith("slow")
    watch = server_watch.ServerWatch(server)
    client = OrdinaryClient(server.port, "/612.bin", content)
    client.start()
    watch.start()
    try:
        output, right = attack(kind, options, server, folder)
    finally:
        client.stop()
        watch.stop()
    after = settle(server, before)
    latencies = sorted(client.latencies)
    if not latencies:
        raise RuntimeError(f"{kind}: the ordinary client got no answer: {client.failures[:3]}; {output[-500:]}")
    p50, p99, most = (percentile(latencies, share) * 1000 for share in (0.5, 0.99, 1.0))
    growth = watch.growth() if watch.samples else 0
    if is_slow:
        counts, available = attacker_counts(output)
        disposed = f"at most {watch.most_connections:,} open; " + ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        right = available and bool(counts) and p99 < 100
    else:
        disposed = output
        right = right and growth < FLAT
    right = right and not client.failures and after <= before
    print(
        f"| {kind} | {len(latencies):,} | {p50:.1f} | **{p99:.1f}** | {most:.1f} | {len(client.failures)} | {disposed} "
        f"| {watch.samples[-1].rss / MIB:.0f} ({growth / MIB:+.1f}) | {before} → {after} | {'pass' if right else 'FAIL'} |",
        flush=True,
    )
    for failure in client.failures[:5]:
        print(f"slow-clients: {kind}: {failure}", file=sys.stderr)
    return right


def warm_up(port):
    """Everything that the trials ask for once: code is compiled, assemblies are loaded, files are in the cache."""
    url = f"http://127.0.0.1:{port}"
    subprocess.run(["wrk", "-t2", "-c64", "-d3s", f"{url}/612.bin"], stdout=subprocess.DEVNULL, check=True, timeout=60)
    for method, target, body in (("PUT", "/uploads/slow.bin", b"x" * 8192), ("GET", "/large.bin", None), ("PUT", "/uploads/slow.bin", b"y" * 8192)):
        request = urllib.request.Request(url + target, data=body, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            response.read()


def run(options, folder):
    docroot = folder / "docroot"
    docroot.mkdir()
    content = os.urandom(612)
    (docroot / "612.bin").write_bytes(content)
    (docroot / "large.bin").write_bytes(os.urandom(8 * MIB))
    version = SERVERS["webserv"].version(SERVERS["webserv"].program() or "")
    server = start(folder, docroot)
    try:
        warm_up(server.port)
        print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}; {version}; {options.connections:,} connections, {options.seconds} s each trial.\n")
        print("| trial | answers to the ordinary client | p50 ms | p99 ms | max ms | failed | what became of the others | RSS MiB (growth) | descriptors | |")
        print("|---|--:|--:|--:|--:|--:|---|--:|--:|---|", flush=True)
        results = [trial(kind, options, server, folder, content) for kind in options.trials]
    finally:
        server.stop()
    print(f"\n{'PASS' if all(results) else 'FAIL'}: {sum(results)} of {len(results)} trials")
    return 0 if all(results) else 1


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # So that what was started is stopped then, too.
    folder = Path(tempfile.mkdtemp(prefix="webserv-slow-"))
    try:
        limits.allow(4 * options.connections + 1000)
        return run(options, folder)
    except (RuntimeError, OSError, subprocess.SubprocessError) as problem:
        print(f"slow-clients: {problem}", file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
