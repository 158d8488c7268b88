#!/usr/bin/env python3
"""What counting costs: requests a second, and processor time of the server for each, of a file of 612 bytes with 64 connections (wrk), with
nothing counted, with Metrics, with Plugins.Statistics, with both, and with RequestTrace besides. All servers are up at once and take turns, so that
what else the machine does falls on all of them.

    benchmarks/statistics/measure.py [--server PROGRAM] [--before PROGRAM] [--rounds 5] [--seconds 4]

--before is an earlier build of the server, which is measured with Statistics alone. Prints a table: the median, and the lowest and highest."""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
# Name: Plugins.Statistics, Metrics, RequestTrace.
VARIANTS = {
    "nothing": (False, False, False),
    "`Metrics`": (False, True, False),
    "`Statistics`": (True, False, False),
    "`Statistics` and `Metrics`": (True, True, False),
    "`Statistics` and `RequestTrace`": (True, False, True),
}


def start(program, directory, counts, metrics, trace):
    """Starts a server; returns its process and port."""
    (directory / "www").mkdir(parents=True)
    (directory / "www" / "index.html").write_bytes(b"x" * 612)
    servers = [{"Name": "main", "Listen": ["http://127.0.0.1:0"], "Root": "www", "RequestTrace": trace, "Pipeline": [{"Use": "StaticFiles"}]}]
    if metrics:
        servers.append({"Name": "private", "Listen": ["http://127.0.0.2:0"], "Pipeline": [{"Use": "Metrics", "When": {"Path": "/metrics"}}]})
    configuration = directory / "appsettings.json"
    configuration.write_text(json.dumps({"Webserv": {"Plugins": {"Statistics": counts, "HotReload": False}, "VirtualServers": servers}}))
    process = subprocess.Popen(
        [program, "run", "--config", configuration], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=dict(os.environ, XDG_CACHE_HOME=str(directory / "cache")))
    for line in process.stdout:
        if found := re.search(r"127\.0\.0\.1:(\d+)", line):
            return process, int(found[1])
    raise SystemExit(f"{program} did not start (exit status {process.wait()})")


def processor_time(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def load(process, port, seconds):
    """Requests a second, and microseconds of processor time for each."""
    before = processor_time(process)
    output = subprocess.run(
        ["wrk", "-t1", "-c64", f"-d{seconds}s", f"http://127.0.0.1:{port}/index.html"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(output)
    requests = int(re.search(r"(\d+) requests in", output)[1])
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), (processor_time(process) - before) / requests * 1e6


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--server", default=str(ROOT / "Webserv.Host/bin/Release/net10.0/webserv"))
    options.add_argument("--before")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=4)
    chosen = options.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="webserv-statistics-"))
    running = {}
    try:
        for number, (name, variant) in enumerate(VARIANTS.items()):
            running[name] = start(chosen.server, directory / str(number), *variant)
        if chosen.before:
            running["`Statistics` before"] = start(chosen.before, directory / "before", True, False, False)
        for process, port in running.values():
            load(process, port, 3)
        results = {name: [] for name in running}
        for _ in range(chosen.rounds):
            for name, (process, port) in running.items():
                results[name].append(load(process, port, chosen.seconds))
        print("| counted | requests/s | lowest to highest | CPU µs/request | lowest to highest |\n|---|--:|---|--:|---|")
        for name, rounds in results.items():
            rates, times = zip(*rounds)
            print(f"| {name} | {statistics.median(rates):,.0f} | {min(rates):,.0f} – {max(rates):,.0f} "
                  f"| {statistics.median(times):.1f} | {min(times):.1f} – {max(times):.1f} |")
    finally:
        for process, _ in running.values():
            process.send_signal(signal.SIGTERM)
        for process, _ in running.values():
            process.wait(30)
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
