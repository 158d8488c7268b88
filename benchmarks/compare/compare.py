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
import time
from dataclasses import dataclass
from pathlib import Path

import assets
from process import ServerProcess, free_port
from servers import SERVERS, USUAL, WORKERS, Settings

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
WORKLOADS = ("files", "assets")
SIBLINGS = {"gz": ("gzip",), "all": ("br", "zstd", "gzip"), "none": ()}
VOLUMES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
# What an access log may leave to its next flush, and what the requests under way at the end of a run are.
LOG_PATIENCE = 3.0
LOG_TOLERANCE = 0.01
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


@dataclass(frozen=True)
class Workload:
    """What is asked for, and how."""

    title: str
    path: str
    script: str = ""
    fields: tuple[str, ...] = ()


def workload(text):
    if text not in WORKLOADS:
        raise argparse.ArgumentTypeError(f"{text!r} is no workload; there are {', '.join(WORKLOADS)}")
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
    parser.add_argument("--workloads", type=words(workload), default=["files"], help="list: files, assets (20 of 3 to 300 KiB in rotation, as a browser asks) (files)")
    parser.add_argument("--files", type=words(size), default=words(size)("612,100K,10M"), help="list of sizes (612,100K,10M)")
    parser.add_argument("--servers", type=words(server_name), help=f"list ({','.join(USUAL)}; with --log nginx-buffered as well)")
    parser.add_argument("--siblings", choices=SIBLINGS, default="gz", help="which siblings of the assets there are: gz, all (br, zstd, gz) or none (gz)")
    parser.add_argument("--log", action="store_true", help="all of them write an access log")
    parser.add_argument("--log-directory", type=Path, help="where the logs are (the temporary directory)")
    parser.add_argument("--modes", type=words(mode), default=["keep-alive"], help="list: keep-alive, pipelined (by 16), new (a connection per request) (keep-alive)")
    parser.add_argument("--no-build", action="store_true", help="take the server as it was built last")
    options = parser.parse_args()
    if options.servers is None:
        options.servers = [*USUAL, "nginx-buffered"] if options.log else list(USUAL)
    if not (options.workloads and options.connections and options.files and options.servers and options.modes):
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


def measure(process, work, connections, seconds):
    """One run of wrk: requests a second, microseconds of processor time a request, p99 in seconds, bytes of memory, bytes an answer, requests."""
    before = process.processor_seconds()
    done = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
        + (["-s", work.script] if work.script else []) + [word for field in work.fields for word in ("-H", field)]
        + [f"http://127.0.0.1:{process.port}{work.path}"],
        capture_output=True, text=True, timeout=seconds + 30, check=True,
    )
    spent = process.processor_seconds() - before
    text = done.stdout
    if problem := re.search(r"Socket errors:.*|Non-2xx.*", text):
        print(f"warning: {problem[0].strip()} (port {process.port}, {work.title}, {connections} connections)", file=sys.stderr)
    found = re.search(r"(\d+) requests in \S+, ([\d.]+)([KMG]?B) read", text)
    requests = int(found[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m|h)", text)
    if requests == 0:
        raise RuntimeError(f"not one request was answered on port {process.port}: {text}")
    volume = float(found[2]) * VOLUMES[found[3]] / requests
    return rate, spent / requests * 1e6, float(p99[1]) * TIMES[p99[2]], process.memory_bytes(), volume, requests


def count_lines(log):
    """The lines of an access log; W3C's format has a number in its file name, and a few lines of its own."""
    count = 0
    for file in log.parent.glob(log.stem + "*"):
        with open(file, "rb") as lines:
            while chunk := lines.read(1 << 20):
                count += chunk.count(b"\n")
    return count


def check_log(name, log, requests):
    """A server that writes less than a line a request saves itself the work. Empties the log, which all of them append to."""
    end = time.monotonic() + LOG_PATIENCE
    while (lines := count_lines(log)) < requests and time.monotonic() < end:
        time.sleep(0.1)
    if lines < requests * (1 - LOG_TOLERANCE):
        print(f"warning: {name} has logged {lines:,} of {requests:,} requests", file=sys.stderr)
    for file in log.parent.glob(log.stem + "*"):
        os.truncate(file, 0)


def table(title, results, names):
    """The medians of one file and connection count; ratios are to nginx, or to the first server without it."""
    base = "nginx" if "nginx" in names else names[0]
    medians = {name: [statistics.median(column) for column in zip(*results[name])] for name in names}
    print(f"\n### {title}\n")
    print(f"| server | rate ÷ {base} | CPU ÷ {base} | requests/s | CPU µs/request | p99 ms | memory MiB | KiB/answer | rate, lowest to highest |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name in names:
        rate, cpu, p99, memory, volume, _ = medians[name]
        rates = [run[0] for run in results[name]]
        cpu_ratio = f"{cpu / medians[base][1]:.2f}" if medians[base][1] else "–"
        print(
            f"| {name} | **{rate / medians[base][0]:.2f}** | {cpu_ratio} | {rate:,.0f} | {cpu:.1f} | {p99 * 1e3:.2f} "
            f"| {memory / (1 << 20):.1f} | {volume / 1024:.1f} | {min(rates):,.0f} – {max(rates):,.0f} |"
        )
    sys.stdout.flush()


def start(name, options, folder, docroot, contents):
    """Starts one of the servers and sees that its answers are right."""
    server = SERVERS[name]
    program = server.program()
    if program is None:
        hint = f"apt-get install --no-install-recommends {server.package}" if server.package else "build it, or leave out --no-build"
        raise RuntimeError(f"{name} is not here: {hint}")
    own = folder / name
    own.mkdir(mode=0o755)
    port = free_port()
    settings = Settings(log=log_of(name, options, folder), codings=SIBLINGS[options.siblings] if contents else ())
    process = ServerProcess(server.command(program, own, docroot, port, settings), own, port)
    try:
        for length in options.files if "files" in options.workloads else ():
            verify(name, port, length)
        if contents:
            sent = assets.verify(name, port, contents)
            print(f"- {name}: one rotation of the assets is " + ", ".join(f"{count / 1024:,.0f} KiB {coding}" for coding, count in sorted(sent.items())))
        return process
    except BaseException:
        process.stop()
        raise


def log_of(name, options, folder):
    if not options.log:
        return None
    logs = (options.log_directory or folder / "logs") / f"{folder.name}-{name}"
    logs.mkdir(parents=True, exist_ok=True)
    logs.chmod(0o777)  # Caddy and Apache may run as other users.
    return logs / "access.log"


def workloads(options, folder):
    if "files" in options.workloads:
        script = folder / "pipelined.lua"
        script.write_text(PIPELINED)
        how = {"keep-alive": ("", ()), "pipelined": (str(script), ()), "new": ("", ("Connection: close",))}
        for length, connections, mode in itertools.product(options.files, options.connections, options.modes):
            yield Workload(f"{human(length)}, {connections} connections{TITLES[mode]}", f"/{length}.bin", *how[mode]), connections
    if "assets" in options.workloads:
        script = folder / "assets.lua"
        script.write_text(assets.script())
        for connections in options.connections:
            yield Workload(f"20 web assets, siblings: {options.siblings}, {connections} connections", "/", str(script)), connections


def run(options, folder):
    docroot = folder / "docroot"
    docroot.mkdir()
    folder.chmod(0o755)  # Apache's workers run as another user.
    for length in options.files if "files" in options.workloads else ():
        with open(docroot / f"{length}.bin", "wb") as file:
            for offset in range(0, length, 1 << 20):
                file.write(os.urandom(min(1 << 20, length - offset)))
    contents = assets.make(docroot, SIBLINGS[options.siblings]) if "assets" in options.workloads else None
    running = {}
    try:
        names = list(dict.fromkeys(options.servers))
        versions = [version for name in names if (program := SERVERS[name].program()) and (version := SERVERS[name].version(program))]
        print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, {WORKERS} workers each, wrk with 2 threads on the same machine;")
        print(f"medians of {options.rounds} interleaved rounds of {options.seconds} s. " + ", ".join(versions) + ".\n")
        for name in names:
            running[name] = start(name, options, folder, docroot, contents)
            if options.log:
                print(f"- {name} logs " + (SERVERS[name].log_note or "in the combined format"))
                check_log(name, log_of(name, options, folder), 1)
        for work, connections in workloads(options, folder):
            results = {name: [] for name in running}
            for name in running:
                # Not counted: caches fill, and what is compiled while it runs gets compiled.
                warm = measure(running[name], work, connections, options.seconds)
                if options.log:
                    check_log(name, log_of(name, options, folder), warm[-1])
            for turn in range(options.rounds):
                # Every round begins with another server, so that none always runs on a warm or a throttled machine.
                order = list(running)[turn % len(running):] + list(running)[: turn % len(running)]
                for name in order:
                    results[name].append(measure(running[name], work, connections, options.seconds))
                    if options.log:
                        check_log(name, log_of(name, options, folder), results[name][-1][-1])
            table(work.title + (", access log" if options.log else ""), results, list(running))
    finally:
        for process in running.values():
            process.stop()
        if options.log_directory:
            for name in options.servers:
                shutil.rmtree(options.log_directory / f"{folder.name}-{name}", ignore_errors=True)


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
