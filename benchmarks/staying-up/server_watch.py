"""What the processes of a server hold, second by second."""

import collections
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import memory


@dataclass(frozen=True)
class Sample:
    """One look."""

    rss: int
    own: int  # Of the server itself, without the scripts that it runs.
    descriptors: int
    threads: int


def opened(server):
    """What all processes have open, counted by kind, but for assemblies: the runtime opens those when it first needs them, and for good."""
    found = collections.Counter()
    for pid in server.pids():
        try:
            numbers = os.listdir(f"/proc/{pid}/fd")
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended since it was listed.
        for number in numbers:
            try:
                target = os.readlink(f"/proc/{pid}/fd/{number}")
            except OSError:
                continue  # Closed since it was listed.
            if not target.endswith(".dll"):
                found[target.split(":[")[0]] += 1
    return found


def descriptors(server):
    """How many descriptors all processes have open; see above."""
    return opened(server).total()


def threads(server):
    """Threads of all processes."""
    count = 0
    for pid in server.pids():
        try:
            count += len(os.listdir(f"/proc/{pid}/task"))
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended since it was listed.
    return count


def established(port):
    """Connections to the port that the server has not closed."""
    wanted = f":{port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(1 for line in lines if line.split()[1].endswith(wanted) and line.split()[3] in ("01", "08"))


class ServerWatch(threading.Thread):
    """Looks once a second until it is stopped."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self._server = server
        self._over = threading.Event()
        self.samples = []
        self.most_connections = 0

    def run(self):
        while not self._over.wait(1):
            pids = self._server.pids()
            self.samples.append(
                Sample(memory.of(self._server, pids).rss, memory.of(self._server, [min(pids)]).own, descriptors(self._server), threads(self._server))
            )
            self.most_connections = max(self.most_connections, established(self._server.port))

    def stop(self):
        self._over.set()
        self.join(30)

    def growth(self):
        """Bytes that the resident set grew from the second quarter of the time to the last: the first one warms up."""
        quarter = max(1, len(self.samples) // 4)
        early = sorted(sample.rss for sample in self.samples[quarter : 2 * quarter] or self.samples)
        late = sorted(sample.rss for sample in self.samples[-quarter:])
        return late[len(late) // 2] - early[len(early) // 2]
