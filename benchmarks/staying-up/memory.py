"""The memory of a server's processes as the kernel counts it."""

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Memory:
    """Bytes, summed over all processes of a server."""

    pss: int
    rss: int
    private: int
    own: int  # Without files that are mapped, whose share depends on who else has mapped them.


def of(server, pids=None):
    """Proportional, resident, private and own bytes of all processes of the server now, or of some of them."""
    pss = rss = private = own = 0
    for pid in pids or server.pids():
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended since it was listed.
        values = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in text.splitlines()[1:]}
        pss += values["Pss"]
        rss += values["Rss"]
        own += values["Pss_Anon"] + values["Pss_Shmem"]
        private += values["Private_Clean"] + values["Private_Dirty"]
    return Memory(pss, rss, private, own)


def settled(server, quiet=5.0, patience=60.0, tolerance=256 * 1024):
    """The memory once it has not moved by more than the tolerance for a while, or when patience ends."""
    end = time.monotonic() + patience
    reference = of(server)
    since = time.monotonic()
    while True:
        time.sleep(0.5)
        now = of(server)
        if abs(now.pss - reference.pss) > tolerance:
            reference, since = now, time.monotonic()
        if time.monotonic() - since >= quiet or time.monotonic() >= end:
            return now
