#!/usr/bin/env python3
"""Large files: resumed and parallel downloads, and small requests beside them. Started by ../downloads."""

import argparse
import os
import platform
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "compare"))

from process import ServerProcess, free_port
from servers import SERVERS

MIB = 1 << 20
GIB = 1 << 30
LENGTH = 5 * GIB
CLIENTS = {
    "curl": lambda url, name: ["curl", "-sS", "--noproxy", "*", "-C", "-", "-o", name, url],
    "wget": lambda url, name: ["wget", "-q", "--no-proxy", "-c", "-O", name, url],
    "aria2c": lambda url, name: [
        "aria2c", "-q", "--no-conf", "--all-proxy=", "-x8", "-s8", "-k1M", "-c", "--file-allocation=none", "--allow-overwrite=true",
        "--auto-save-interval=1", "-o", name, url,
    ],
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=lambda text: text.split(","), default=["whole", "beside"], help="whole,beside")
    parser.add_argument("--servers", type=lambda text: text.split(","), default=["webserv"], help="of beside: webserv,nginx,…")
    parser.add_argument("--downloads", type=int, default=16, help="of beside (16)")
    parser.add_argument("--seconds", type=int, default=8, help="of beside, each (8)")
    parser.add_argument("--folder", help="where to work: needs 6 GiB (a temporary directory)")
    parser.add_argument("--no-build", action="store_true", help="take the server as it was built last")
    options = parser.parse_args()
    if unknown := set(options.trials) - {"whole", "beside"}:
        parser.error(f"no trial: {', '.join(unknown)}")
    return options


def make_sparse(path):
    """Random bytes at the start, around each multiple of 1 GiB and at the end; nothing between."""
    source = random.Random(5)
    with open(path, "wb") as file:
        file.truncate(LENGTH)
        for place in [0, *(GIB * i - MIB // 2 for i in range(1, 5)), LENGTH - MIB]:
            file.seek(place)
            file.write(source.randbytes(MIB))


def start(name, folder, docroot):
    own = folder / f"run-{name}"
    own.mkdir(exist_ok=True)
    server = SERVERS[name]
    port = free_port()
    return ServerProcess(server.command(server.program(), own, docroot, port), own, port)


def download(client, url, target):
    """Broken off once a fifth is there, and then to the end."""
    command = CLIENTS[client](url, target.name)
    begin = time.monotonic()
    with subprocess.Popen(command, cwd=target.parent) as first:
        while first.poll() is None and not (target.exists() and target.stat().st_blocks * 512 > GIB):
            time.sleep(0.01)
        first.send_signal(signal.SIGINT)
    if first.returncode == 0:
        raise RuntimeError(f"{client} was done before it could be broken off")
    there = target.stat().st_blocks * 512
    again = subprocess.run(command, cwd=target.parent, check=False)
    seconds = time.monotonic() - begin
    same = subprocess.run(["cmp", "--silent", target, target.parent.parent / "www" / "large.bin"], check=False).returncode == 0
    return there, seconds, again.returncode == 0 and same


def whole(folder):
    docroot = folder / "www"
    docroot.mkdir()
    make_sparse(docroot / "large.bin")
    got = folder / "got"
    got.mkdir()
    server = start("webserv", folder, docroot)
    held = True
    try:
        for client in CLIENTS:
            there, seconds, same = download(client, f"http://127.0.0.1:{server.port}/large.bin", got / "large.bin")
            held &= same
            print(f"| {client} | {there / GIB:.1f} GiB | {seconds:.1f} s | {'yes' if same else 'NO'} |", flush=True)
            for file in got.iterdir():
                file.unlink()
    finally:
        server.stop()
    return held


def latency(server, seconds):
    """Requests a second, median and 99th percentile of a small file on eight connections, in milliseconds."""
    output = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{server.port}/small.bin"],
        capture_output=True, text=True, check=True,
    ).stdout
    if problem := re.search(r"Socket errors:.*|Non-2xx.*", output):
        raise RuntimeError(problem[0])
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    at = {share: float(value) * unit[scale] for share, value, scale in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", output)}
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), at["50"], at["99"]


def beside(name, folder, options):
    docroot = folder / f"beside-{name}"
    docroot.mkdir()
    (docroot / "small.bin").write_bytes(bytes(612))
    (docroot / "large.bin").write_bytes(random.Random(6).randbytes(16 * MIB))
    server = start(name, folder, docroot)
    url = f"http://127.0.0.1:{server.port}/large.bin"
    downloads = []
    try:
        latency(server, 2)
        alone = latency(server, options.seconds)
        begin = time.monotonic()
        for _ in range(options.downloads):
            # The same file over and over on one connection: no start of a program between.
            downloads.append(
                subprocess.Popen(
                    ["curl", "-sS", "--noproxy", "*", "-w", "%{stderr}%{size_download}\n", f"{url}?[1-100000]", "-o", os.devnull],
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                )
            )
        time.sleep(1)
        together = latency(server, options.seconds)
    finally:
        for process in downloads:
            process.terminate()
        sizes = [sum(int(line) for line in process.communicate()[1].split()) for process in downloads]
        seconds = time.monotonic() - begin
        server.stop()
    for label, (rate, median, worst) in (("alone", alone), (f"beside {options.downloads} downloads", together)):
        print(f"| {name} | {label} | {rate:,.0f} | {median:.2f} ms | {worst:.2f} ms |")
    print(f"  {name}: {sum(sizes) / seconds / MIB:,.0f} MiB/s together; the slowest download got {min(sizes) / max(1, *sizes):.2f} of the fastest", flush=True)


def main():
    options = arguments()
    folder = Path(tempfile.mkdtemp(prefix="webserv-downloads-", dir=options.folder))
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.release()}\n")
    try:
        held = True
        if "whole" in options.trials:
            print("| client | broken off at | seconds | the same 5 GiB |\n|---|--:|--:|---|")
            held = whole(folder)
        if "beside" in options.trials:
            print("| server | small requests | a second | median | 99th percentile |\n|---|---|--:|--:|--:|")
            for name in options.servers:
                beside(name, folder, options)
        return 0 if held else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
