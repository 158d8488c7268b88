"""A server process and its children: started in a session of their own, measured through /proc, ended by their ids."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    """A loopback port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _stat(pid):
    """The fields of /proc/PID/stat from the third on, or None where the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.rindex(")") + 2 :].split()


class ServerProcess:
    """One server that runs."""

    def __init__(self, command, folder, port, seconds=30):
        self.port = port
        self._log_path = folder / "output.log"
        with open(self._log_path, "wb") as log:
            self._process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._await_port(folder, seconds)
        except BaseException:
            self.stop()
            raise

    def _await_port(self, folder, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"{folder.name} ended with status {self._process.returncode}: {self._log()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{folder.name} does not listen after {seconds} s: {self._log()}")

    def _log(self):
        return self._log_path.read_text(errors="replace")[-2000:].strip()

    def pids(self):
        """The server's own processes: everything in its session, which began with it."""
        session = str(self._process.pid)
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit() and (stat := _stat(entry)) and stat[3] == session:
                found.append(int(entry))
        return found

    def processor_seconds(self):
        """User and system time of all processes, and of the children they have reaped."""
        total = 0
        for pid in self.pids():
            if stat := _stat(pid):
                total += sum(int(ticks) for ticks in stat[11:15])
        return total / TICK

    def memory_bytes(self):
        """Proportional set size where the kernel tells it, else resident set size, over all processes."""
        total = 0
        for pid in self.pids():
            for name, key in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
                try:
                    lines = Path(f"/proc/{pid}/{name}").read_text().splitlines()
                except OSError:
                    continue  # Not permitted, not built into this kernel, or the process is gone.
                value = next((int(line.split()[1]) for line in lines if line.startswith(key)), None)
                if value is not None:
                    total += value * 1024
                    break
        return total

    def stop(self):
        """Asks the server to end, and after five seconds makes it, and what it started, also in sessions of its own as php-fpm's master is."""
        others = self._descendants()
        self._signal(signal.SIGTERM, [self._process.pid])
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            pass  # It and what it left behind are killed below.
        self._signal(signal.SIGKILL, self.pids())
        self._signal(signal.SIGKILL, [pid for pid, began in others.items() if (stat := _stat(pid)) and stat[19] == began])
        self._process.wait(5)

    def _descendants(self):
        """Everybody below the server, each with the time it began at, by which a number that is somebody else's meanwhile is known."""
        stats = {int(entry): stat for entry in os.listdir("/proc") if entry.isdigit() and (stat := _stat(entry))}
        found, parents = {}, {self._process.pid}
        while parents:
            children = {pid for pid, stat in stats.items() if int(stat[1]) in parents} - found.keys()
            found.update((pid, stats[pid][19]) for pid in children)
            parents = children
        return found

    @staticmethod
    def _signal(number, pids):
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass  # It has ended by itself.
