#!/usr/bin/env python3
"""Mixed load, breakdowns and reloads for minutes; then nothing may be lost and nothing left. Started by ../soak."""

import argparse
import collections
import os
import platform
import random
import re
import resource
import shutil
import signal
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
from clients import WELL_BEHAVED
from http_client import Connection, Wrong, request
from process import ServerProcess, free_port
from servers import SERVERS
from trial_site import Site
from troublemakers import QUICK, SLOW

MIB = 1 << 20
MEMORY_BOUND = 32 * MIB  # What code compiled later, and a heap that breathes, may take beyond the warm state.
RELOAD_BOUND = 64 << 10  # What one more reload may cost.
RELOADS_JUDGED = 100  # With fewer the heap, which breathes by some MiB, says more than they do.
THREAD_BOUND = 8  # The pool keeps a few more or less.

# Warnings and errors that the load brings about, and why. Everything else above `info` is a failure.
EXPECTED = {
    r"\[303\] Not reloaded.*NoSuchMiddleware": "a broken configuration is refused; counted below",
    r"EpollTransport\[1002\] event loop \d+ was held up": "the machine is busy with the clients",
    r"\[200\] Virtual server \S+ was replaced and still has requests inside": "a slow client outlives the configuration that it came under",
    r"\.Cgi\.\S*\[4\] .* stderr: ": "a script whose client has left complains",
    r"\.Cgi\.\S*\[1[01]\] ": "and is ended",
}


class Tally:
    """What happened, counted by all threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self.done = collections.Counter()
        self.wrong = []

    def add(self, name, count):
        with self._lock:
            self.done[name] += count

    def fail(self, name, problem):
        with self._lock:
            self.wrong.append(f"{name}: {problem}")


def well_behaved(site, clients, tally, over, seed):
    source = random.Random(seed)
    while not over.is_set():
        client = source.choice(clients)
        try:
            tally.add(client.__name__, client(site, source))
        except (Wrong, OSError, KeyError, ValueError) as problem:
            tally.fail(client.__name__, repr(problem))


def trouble(site, kinds, tally, over, seed):
    source = random.Random(seed)
    while not over.is_set():
        kind = source.choice(kinds)
        try:
            kind(site, source)
        except OSError:
            pass  # The server may well have ended it first.
        except Wrong as problem:
            tally.fail(kind.__name__, repr(problem))
        tally.add(kind.__name__, 1)


def reloads(site, pid, log, tally, over, seed, generation):
    """A new configuration every few seconds, a broken one now and then; the answers tell which one serves."""
    source = random.Random(seed)
    while not over.wait(source.uniform(2, 5)):
        if source.random() < 0.2:
            refuse(site, pid, log, tally, generation)
            continue
        generation += 1
        site.configure(generation)
        os.kill(pid, signal.SIGHUP)
        if await_true(lambda: serves(site, generation)):
            tally.add("reloads", 1)
        else:
            tally.fail("reloads", f"generation {generation} does not serve after 30 s")


def refuse(site, pid, log, tally, generation):
    """A configuration that cannot be: the log says so, and the one before stays."""
    before = log.read_text(errors="replace").count("[303] ")
    site.configure(generation, is_broken=True)
    os.kill(pid, signal.SIGHUP)
    if await_true(lambda: log.read_text(errors="replace").count("[303] ") > before):
        tally.add("refused reloads", 1)
    else:
        tally.fail("reloads", "a broken configuration is not refused within 30 s")
    site.configure(generation)
    if not serves(site, generation):
        tally.fail("reloads", f"generation {generation} does not serve behind a broken one")


def serves(site, generation):
    """Whether answers come from that configuration."""
    with Connection(site.port) as connection:
        connection.send(request("GET", "/3.bin", close=True))
        return connection.read_answer().fields.get("x-generation") == str(generation)


def await_true(condition):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def load(site, server, log, tally, seconds, seed, options):
    """Everything at once for a while."""
    over = threading.Event()
    pid = min(server.pids())
    threads = [threading.Thread(target=well_behaved, args=(site, WELL_BEHAVED, tally, over, seed + n), daemon=True) for n in range(options.workers)]
    threads += [threading.Thread(target=trouble, args=(site, (QUICK, SLOW)[n % 2], tally, over, seed + 1000 + n), daemon=True) for n in range(options.troublemakers)]
    threads.append(threading.Thread(target=reloads, args=(site, pid, log, tally, over, seed + 2000, seed), daemon=True))
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join(180)
    if left := sum(thread.is_alive() for thread in threads):
        raise RuntimeError(f"{left} clients still wait for their answers")


class Rest:
    """What the server holds when nobody asks for anything and its garbage is collected."""

    def __init__(self, site, server, goal=None):
        end = time.monotonic() + 120
        while True:
            self.connections = server_watch.established(site.port)
            self.processes = len(server.pids())
            self.opened = server_watch.opened(server)
            self.descriptors = self.opened.total()
            self.threads = server_watch.threads(server)
            self.files = site.left_over()
            self.is_quiet = self.connections == 0 and self.processes == 1 and not self.files
            is_back = goal is None or (self.descriptors <= goal.descriptors and self.threads <= goal.threads + THREAD_BOUND)
            if (self.is_quiet and is_back and time.monotonic() > end - 90) or time.monotonic() > end:
                break
            time.sleep(0.5)
        self.memory = memory.of(server)
        for _ in range(10):
            # The collector gives memory back to the system step by step.
            for pid in server.pids():
                collection.force(pid)
            time.sleep(1)
            self.memory, before = memory.of(server), self.memory
            if before.own - self.memory.own < MIB // 4:
                break


def reload_alone(site, server, count, generation):
    """Reloads when nobody asks for anything."""
    pid = min(server.pids())
    for number in range(generation, generation + count):
        site.configure(number)
        os.kill(pid, signal.SIGHUP)
        if not await_true(lambda number=number: serves(site, number)):
            raise RuntimeError(f"reload {number} does not serve after 30 s")


def judge_log(text):
    """Entries by kind, those that nobody expected, and how many configurations were refused."""
    kinds, unexpected, refused = collections.Counter(), [], 0
    for line in text.splitlines():
        match = re.match(r"\S+ (info|warn|fail|crit|dbug|trce): (\S+?\[\d+\]) ", line)
        if not match:
            continue
        kinds[f"{match[1]} {match[2]}"] += 1
        refused += "[303] " in line
        if match[1] in ("warn", "fail", "crit") and not any(re.search(pattern, line) for pattern in EXPECTED):
            unexpected.append(line[:300])
    return kinds, unexpected, refused


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--seed", type=int, default=1, help="of what the clients do (1)")
    parser.add_argument("--workers", type=int, default=12, help="clients that keep to the rules (12)")
    parser.add_argument("--troublemakers", type=int, default=16, help="and that do not (16)")
    parser.add_argument("--reloads", type=int, default=200, help=f"reloads without load before the warm state is measured, and again in the end; judged from {RELOADS_JUDGED} on (200)")
    parser.add_argument("--no-build", action="store_true", help="take the server as it was built last")
    return parser.parse_args()


def run(options, folder):
    site = Site(folder / "site", free_port())
    tempfile.tempdir = os.environ["TMPDIR"] = str(site.scratch)  # The server's too.
    program = SERVERS["webserv"].program()
    if program is None:
        raise RuntimeError("the server is not built")
    own = folder / "webserv"
    own.mkdir()
    log = own / "output.log"
    server = ServerProcess([program, "run", "--config", str(site.configuration)], own, site.port)
    try:
        warm_tally, tally = Tally(), Tally()
        warm_seconds = max(10, min(60, options.minutes * 60 / 5))
        load(site, server, log, warm_tally, warm_seconds, options.seed + 5000, options)
        # Loading code fills what the runtime keeps for it; then it has to be flat.
        reload_alone(site, server, options.reloads, generation=1_000_000)
        warm = Rest(site, server)
        watch = server_watch.ServerWatch(server)
        watch.start()
        load(site, server, log, tally, options.minutes * 60, options.seed, options)
        watch.stop()
        end = Rest(site, server, warm)
        reload_alone(site, server, options.reloads, generation=2_000_000)
        reloaded = Rest(site, server, warm)
    except (RuntimeError, OSError):
        # What it said goes with the folder.
        print(f"soak: the end of the log:\n{log.read_text(errors='replace')[-2000:]}", file=sys.stderr)
        raise
    finally:
        server.stop()
    return report(options, warm_tally, tally, warm, end, watch, reloaded, judge_log(log.read_text(errors="replace")))


def more(before, after):
    """What is open in the end and was not before, or nothing where there is none."""
    new = after - before
    return f" (new: {', '.join(f'{count} × {what}' for what, count in sorted(new.items()))})" if new else ""


def report(options, warm_tally, tally, warm, end, watch, reloaded, log):
    kinds, unexpected, refused = log
    good = {client.__name__ for client in WELL_BEHAVED}
    answered = sum(count for name, count in tally.done.items() if name in good)
    wrong = warm_tally.wrong + tally.wrong
    most = max((sample.own for sample in watch.samples), default=0)
    each = (reloaded.memory.own - end.memory.own) / max(1, options.reloads)
    checks = [
        ("every well-behaved request was answered right, byte for byte", not wrong, f"{answered:,} answers, {len(wrong)} wrong"),
        ("connections are gone", end.connections == 0, f"{end.connections}"),
        ("child processes are gone", end.processes == 1, f"{end.processes - 1}"),
        ("descriptors are back", end.descriptors <= warm.descriptors, f"{warm.descriptors} → {end.descriptors}" + more(warm.opened, end.opened)),
        ("threads are back", end.threads <= warm.threads + THREAD_BOUND, f"{warm.threads} → {end.threads}"),
        ("no file was left behind", not end.files, ", ".join(end.files[:5]) or "0"),
        (
            "memory after a collection is that of the warm state",
            end.memory.own - warm.memory.own <= MEMORY_BOUND,
            f"{warm.memory.own / MIB:.1f} → {end.memory.own / MIB:.1f} MiB (at most {most / MIB:.0f} MiB under load)",
        ),
        (
            f"each of {options.reloads} reloads without load costs at most {RELOAD_BOUND >> 10} KiB",
            each <= RELOAD_BOUND or options.reloads < RELOADS_JUDGED,
            f"{each / 1024:.0f} KiB; {reloaded.descriptors} descriptors{'' if options.reloads >= RELOADS_JUDGED else '; too few to be judged'}",
        ),
        (
            "broken configurations are refused, each with an entry",
            refused == warm_tally.done["refused reloads"] + tally.done["refused reloads"],
            f"{refused}",
        ),
        ("the log has nothing that was not expected", not unexpected, f"{sum(kinds.values()):,} entries, {len(unexpected)} unexpected"),
    ]
    version = SERVERS["webserv"].version(SERVERS["webserv"].program())
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}; {version}; {options.minutes:g} minutes after a warm-up, seed {options.seed}:")
    print(f"{options.workers} clients that keep to the rules, {options.troublemakers} that do not.\n")
    print("| what must hold | | |\n|---|---|---|")
    for what, holds, figures in checks:
        print(f"| {what} | {figures} | {'pass' if holds else '**FAIL**'} |")
    print("\n| load | count |\n|---|--:|")
    for name, count in sorted(tally.done.items(), key=lambda item: (item[0] not in good, item[0])):
        print(f"| {name.replace('_', ' ')}{' (answers checked)' if name in good else ''} | {count:,} |")
    print("\n| log entries | count |\n|---|--:|")
    for kind, count in kinds.most_common():
        print(f"| {kind} | {count:,} |")
    for problem in (wrong + unexpected)[:20]:
        print(f"soak: {problem}", file=sys.stderr)
    passed = all(holds for _, holds, _ in checks)
    print(f"\n{'PASS' if passed else 'FAIL'}")
    return 0 if passed else 1


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # So that the server is stopped then, too.
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        # Started by nohup: the server would inherit it and never reload. What is handled here is as always there.
        signal.signal(signal.SIGHUP, lambda *_: None)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else max(soft, 65536), hard))
    folder = Path(tempfile.mkdtemp(prefix="webserv-soak-"))
    try:
        return run(options, folder)
    except (RuntimeError, OSError) as problem:
        print(f"soak: {problem}", file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
