#!/usr/bin/env python3
"""Measures the servers in turns and prints tables in Markdown. Started by ./compare."""

import argparse
import itertools
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from process import ServerProcess, free_port
from servers import SERVERS, WORKERS

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20}
TITLES = {"keep-alive": "", "pipelined": ", pipelined by 16", "new": ", each for one request"}
PIPELINED = """\
init = function()
  local one = wrk.format()
  local all = {}
  for index = 1, 16 do all[index] = one end
  batch = table.concat(all)
end
request = function() return batch end
"""
TIMES = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def size(text):
    match = re.fullmatch(r"(\d+)([KM]?)", text, re.IGNORECASE)
    if not match or int(match[1]) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 612, 100K or 10M")
    return int(match[1]) * UNITS[match[2].upper()]


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1")
    return int(text)


def words(read):
    return lambda text: [read(word.strip()) for word in text.split(",") if word.strip()]


def mode(text):
    if text not in TITLES:
        raise argparse.ArgumentTypeError(f"{text!r} is no mode; there are {', '.join(TITLES)}")
    return text


def server_name(text):
    if text not in SERVERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no server; there are {', '.join(SERVERS)}")
    return text


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=positive, default=5, help="how often each measurement is repeated (5)")
    parser.add_argument("--seconds", type=positive, default=5, help="how long each measurement takes (5)")
    parser.add_argument("--connections", type=words(positive), default=[64], help="list of connection counts (64)")
    parser.add_argument("--files", type=words(size), default=words(size)("612,100K,10M"), help="list of sizes (612,100K,10M)")
    parser.add_argument("--servers", type=words(server_name), default=list(SERVERS), help=f"list ({','.join(SERVERS)})")
    parser.add_argument("--modes", type=words(mode), default=["keep-alive"], help="list: keep-alive, pipelined (by 16), new (a connection per request) (keep-alive)")
    parser.add_argument("--no-build", action="store_true", help="take the server as it was built last")
    options = parser.parse_args()
    if not (options.connections and options.files and options.servers and options.modes):
        parser.error("a list is empty")
    if min(options.connections) < 2:
        parser.error("wrk runs two threads: at least 2 connections")
    return options


def human(count):
    if count % (1 << 20) == 0:
        return f"{count >> 20} MiB"
    return f"{count >> 10} KiB" if count % (1 << 10) == 0 else f"{count:,} bytes"


def verify(server, port, length):
    """One request before anything is measured: a fast 404 is no result."""
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "10", "-o", os.devnull, "-w", "%{http_code} %{size_download} %{num_connects}"]
        + [f"http://127.0.0.1:{port}/{length}.bin"],
        capture_output=True, text=True, timeout=15, check=False,
    )
    if done.stdout.split()[:2] != ["200", str(length)]:
        raise RuntimeError(f"{server} answers /{length}.bin with {done.stdout or done.stderr}")


def measure(process, length, connections, seconds, extra):
    """One run of wrk, with options of its own: requests a second, microseconds of processor time a request, p99 in seconds, bytes of memory."""
    before = process.processor_seconds()
    done = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s", *extra]
        + [f"http://127.0.0.1:{process.port}/{length}.bin"],
        capture_output=True, text=True, timeout=seconds + 30, check=True,
    )
    spent = process.processor_seconds() - before
    text = done.stdout
    if problem := re.search(r"Socket errors:.*|Non-2xx.*", text):
        print(f"warning: {problem[0].strip()} (port {process.port}, {human(length)}, {connections} connections)", file=sys.stderr)
    requests = int(re.search(r"(\d+) requests in", text)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m|h)", text)
    if requests == 0:
        raise RuntimeError(f"not one request was answered on port {process.port}: {text}")
    return rate, spent / requests * 1e6, float(p99[1]) * TIMES[p99[2]], process.memory_bytes()


def table(title, results, names):
    """The medians of one file and connection count; ratios are to nginx, or to the first server without it."""
    base = "nginx" if "nginx" in names else names[0]
    medians = {name: [statistics.median(column) for column in zip(*results[name])] for name in names}
    print(f"\n### {title}\n")
    print(f"| server | rate ÷ {base} | CPU ÷ {base} | requests/s | CPU µs/request | p99 ms | memory MiB | rate, lowest to highest |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name in names:
        rate, cpu, p99, memory = medians[name]
        rates = [run[0] for run in results[name]]
        cpu_ratio = f"{cpu / medians[base][1]:.2f}" if medians[base][1] else "–"
        print(
            f"| {name} | **{rate / medians[base][0]:.2f}** | {cpu_ratio} | {rate:,.0f} | {cpu:.1f} | {p99 * 1e3:.2f} "
            f"| {memory / (1 << 20):.1f} | {min(rates):,.0f} – {max(rates):,.0f} |"
        )
    sys.stdout.flush()


def run(options, folder):
    docroot = folder / "docroot"
    docroot.mkdir()
    folder.chmod(0o755)  # Apache's workers run as another user.
    for length in options.files:
        with open(docroot / f"{length}.bin", "wb") as file:
            for offset in range(0, length, 1 << 20):
                file.write(os.urandom(min(1 << 20, length - offset)))
    running = {}
    try:
        for name in dict.fromkeys(options.servers):
            server = SERVERS[name]
            program = server.program()
            if program is None:
                hint = f"apt-get install --no-install-recommends {server.package}" if server.package else "build it, or leave out --no-build"
                raise RuntimeError(f"{name} is not here: {hint}")
            own = folder / name
            own.mkdir(mode=0o755)
            port = free_port()
            running[name] = ServerProcess(server.command(program, own, docroot, port), own, port)
            for length in options.files:
                verify(name, port, length)
        print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, {WORKERS} workers each, wrk with 2 threads on the same machine;")
        print(f"medians of {options.rounds} interleaved rounds of {options.seconds} s. " + ", ".join(SERVERS[n].version(SERVERS[n].program()) for n in running) + ".")
        (folder / "pipelined.lua").write_text(PIPELINED)
        extras = {"keep-alive": [], "pipelined": ["-s", str(folder / "pipelined.lua")], "new": ["-H", "Connection: close"]}
        for length, connections, mode in itertools.product(options.files, options.connections, options.modes):
            results = {name: [] for name in running}
            for turn in range(options.rounds):
                # Every round begins with another server, so that none always runs on a warm or a throttled machine.
                order = list(running)[turn % len(running):] + list(running)[: turn % len(running)]
                for name in order:
                    results[name].append(measure(running[name], length, connections, options.seconds, extras[mode]))
            table(f"{human(length)}, {connections} connections{TITLES[mode]}", results, list(running))
    finally:
        for process in running.values():
            process.stop()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # So that the servers are stopped then, too.
    folder = Path(tempfile.mkdtemp(prefix="webserv-compare-"))
    try:
        run(options, folder)
    except (RuntimeError, subprocess.SubprocessError) as problem:
        print(f"compare: {problem}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
