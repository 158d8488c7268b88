#!/usr/bin/env python3
"""Measures in turns how many scripts a second the servers run, and prints tables in Markdown. Started by ./cgi."""

import argparse
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

import programs
from servers import POOL, SCRIPTS, SERVERS, WEBSERV, WORKERS, find, php_fpm, version

sys.path.append(str(Path(__file__).resolve().parents[1] / "compare"))
from process import ServerProcess, free_port  # noqa: E402

TITLES = {"c": "C program", "python": "Python", "php": "PHP"}
WARM_UP = 3
TIMES = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1")
    return int(text)


def words(read):
    return lambda text: list(dict.fromkeys(read(word.strip()) for word in text.split(",") if word.strip()))


def one_of(names, kind):
    def read(text):
        if text not in names:
            raise argparse.ArgumentTypeError(f"{text!r} is no {kind}; there are {', '.join(names)}")
        return text

    return read


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=positive, default=3, help="how often each measurement is repeated (3)")
    parser.add_argument("--seconds", type=positive, default=2, help="how long each measurement takes (2)")
    parser.add_argument("--clients", type=words(positive), default=[8, 32], help="list of client counts (8,32)")
    parser.add_argument("--programs", type=words(one_of(TITLES, "program")), default=list(TITLES), help=f"list ({','.join(TITLES)})")
    parser.add_argument("--servers", type=words(one_of(SERVERS, "server")), default=list(SERVERS), help=f"list ({','.join(SERVERS)})")
    parser.add_argument("--python", default="/usr/bin/python3", help="the interpreter, the same for all (/usr/bin/python3)")
    parser.add_argument("--no-build", action="store_true", help="take the server as it was built last")
    options = parser.parse_args()
    if not (options.clients and options.programs and options.servers):
        parser.error("a list is empty")
    if min(options.clients) < 2:
        parser.error("wrk runs two threads: at least 2 clients")
    return options


def require(options):
    """Everything that is missing is named at once."""
    missing = set()
    for name in options.servers:
        for package, names in SERVERS[name].needs.items():
            if find(*names) is None:
                missing.update(package.split())
    if "php" in options.programs and find("php-cgi") is None:
        missing.add("php-cgi")
    if "python" in options.programs and not os.access(options.python, os.X_OK):
        missing.add("python3")
    if missing:
        raise RuntimeError("needed: apt-get install --no-install-recommends " + " ".join(sorted(missing)))
    if not WEBSERV.exists() and any(not SERVERS[name].peer for name in options.servers):
        raise RuntimeError(f"{WEBSERV} is not there: leave out --no-build")


def path_of(server, program):
    return programs.FILES if server.pool else programs.PATHS[program]


def verify(name, port, path):
    """A fast error page is no result: status, type and every byte must be right, several times over one connection."""
    url = f"http://127.0.0.1:{port}{path}?{programs.QUERY}"
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "10", "-w", "%{http_code} %{content_type}\n", url, url, url], capture_output=True, text=True, timeout=35, check=False
    )
    wanted = re.compile(f"({re.escape(programs.ANSWER)}200 {programs.TYPE}(; ?charset=utf-8)?\n){{3}}", re.IGNORECASE)
    if not wanted.fullmatch(done.stdout):
        raise RuntimeError(f"{name} answers {path} with {done.stdout!r} {done.stderr.strip()}")


def start(name, options, folder, docroot):
    """Starts a server, or returns None where it does not know the configuration and need not."""
    server = SERVERS[name]
    own = folder / name
    own.mkdir(mode=0o755)
    port = free_port()
    command = server.command(own, docroot, port, options)
    if server.optional:
        check = subprocess.run([command[0], "check", *command[2:]], capture_output=True, text=True, timeout=30, check=False)
        if check.returncode != 0:
            reason = (check.stdout + check.stderr).strip().splitlines()
            print(f"skipped: {name}, which this build does not offer: {reason[0] if reason else check.returncode}", file=sys.stderr)
            return None
    process = ServerProcess(command, own, port)
    try:
        for program in options.programs:
            if program in server.programs:
                verify(name, port, path_of(server, program))
        return process
    except BaseException:
        process.stop()
        raise


def measure(process, path, clients, seconds):
    """One run of wrk: requests a second, p99 in seconds; both are 0 where nothing was answered in time."""
    done = subprocess.run(
        ["wrk", "-t2", f"-c{clients}", f"-d{seconds}s", "--latency", "--timeout", "10s", f"http://127.0.0.1:{process.port}{path}?{programs.QUERY}"],
        capture_output=True, text=True, timeout=seconds + 30, check=True,
    )
    text = done.stdout
    if problem := re.search(r"Socket errors:.*|Non-2xx.*", text):
        print(f"warning: {problem[0].strip()} (port {process.port}, {path}, {clients} clients)", file=sys.stderr)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    if rate == 0:
        return 0.0, 0.0
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m|h)", text)
    return rate, float(p99[1]) * TIMES[p99[2]]


def table(title, results):
    """Medians; the ratio is to the best peer of the same kind: programs that are started, or a pool of workers."""
    rates = {name: statistics.median(run[0] for run in runs) for name, runs in results.items()}
    print(f"\n### {title}\n")
    print("| server | requests/s | ÷ best peer | ÷ best pool | p99 ms | requests/s, lowest to highest |")
    print("|---|--:|--:|--:|--:|--:|")
    best = [
        max(((rates[name], name) for name in results if SERVERS[name].peer and SERVERS[name].pool == pool), default=None) for pool in (False, True)
    ]
    for name, runs in results.items():
        ratios = [f"**{rates[name] / peer[0]:.3g}**" if peer and peer[0] else "–" for peer in best]
        p99 = statistics.median(run[1] for run in runs)
        print(f"| {name} | {rates[name]:,.0f} | {' | '.join(ratios)} | {p99 * 1e3:.1f} | {min(runs)[0]:,.0f} – {max(runs)[0]:,.0f} |")
    sys.stdout.flush()


def versions(options):
    known = {
        "apache": lambda: version(find("apache2", "httpd"), "-v").removeprefix("Server version: "),
        "lighttpd": lambda: version(find("lighttpd"), "-v").split(" (")[0],
        "nginx-fcgiwrap": lambda: version(find("nginx"), "-v").removeprefix("nginx version: ") + ", fcgiwrap",
        "nginx-php-fpm": lambda: "php-fpm " + version(php_fpm(), "-v").split()[1],
    }
    found = [known[name]() for name in options.servers if name in known]
    described = subprocess.run(
        ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"], capture_output=True, text=True, timeout=20, check=False
    )
    found.append("webserv " + described.stdout.strip())
    if "python" in options.programs:
        found.append(version(options.python, "--version"))
    return ", ".join(found)


def run(options, folder):
    docroot = folder / "docroot"
    docroot.mkdir()
    folder.chmod(0o755)  # Apache's workers run as another user.
    programs.make(docroot, options.programs, options.python, find("php-cgi"))
    running = {}
    try:
        print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, {WORKERS} workers each, up to {SCRIPTS} scripts at once, pools of {POOL} PHP workers,")
        print(f"wrk with 2 threads on the same machine; medians of {options.rounds} interleaved rounds of {options.seconds} s. {versions(options)}.", flush=True)
        for name in options.servers:
            if any(program in SERVERS[name].programs for program in options.programs):
                if process := start(name, options, folder, docroot):
                    running[name] = process
        for program in options.programs:
            names = [name for name in running if program in SERVERS[name].programs]
            for clients in options.clients:
                results = {name: [] for name in names}
                for name in names:
                    measure(running[name], path_of(SERVERS[name], program), clients, WARM_UP)  # Not counted: caches fill, code gets compiled.
                for turn in range(options.rounds):
                    # Every round begins with another server, so that none always runs on a warm or a throttled machine.
                    first = turn % len(names) if names else 0
                    for name in names[first:] + names[:first]:
                        results[name].append(measure(running[name], path_of(SERVERS[name], program), clients, options.seconds))
                if results:
                    table(f"{TITLES[program]}, {clients} clients", results)
        for name, process in running.items():
            for program in options.programs:
                if program in SERVERS[name].programs:
                    verify(name, process.port, path_of(SERVERS[name], program))
    finally:
        for process in running.values():
            process.stop()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # So that the servers are stopped then, too.
    folder = Path(tempfile.mkdtemp(prefix="webserv-cgi-"))
    try:
        require(options)
        run(options, folder)
    except (RuntimeError, subprocess.SubprocessError) as problem:
        print(f"cgi: {problem}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
