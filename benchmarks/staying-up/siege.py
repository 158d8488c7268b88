"""siege without its timer: by number of requests, again and again until the time is over.

siege -t cancels its threads wherever they are. One that is cancelled within malloc leaves a lock behind for which the others
wait, and siege with them, for ever: with 1,000 connections one run of a few, whichever server it asks.
"""

import re
import subprocess
import time

ROUND = 20  # Seconds, as far as the rate of the round before tells.


class Outcome:
    """What came of all rounds."""

    def __init__(self):
        self.answers = 0
        self.failed = 0
        self.rounds = 0
        self.problem = None

    @property
    def availability(self):
        return 100 * self.answers / max(1, self.answers + self.failed)

    @property
    def is_right(self):
        return self.problem is None and self.failed == 0 and self.answers > 0

    def __str__(self):
        text = f"{self.answers:,} answers in {self.rounds} rounds, availability {self.availability:.2f} %"
        return f"{text}, {self.problem}" if self.problem else text


def run(url, connections, seconds, folder, environment):
    """Has so many connections ask as fast as they can; HOME of the environment is the folder."""
    configuration = folder / ".siege" / "siege.conf"
    configuration.parent.mkdir(exist_ok=True)
    configuration.write_text(f"limit = {connections}\nverbose = false\nlogging = false\nconnection = close\nfailures = 1000000\n")
    outcome = Outcome()
    end = time.monotonic() + seconds
    each = 3
    while (left := end - time.monotonic()) > 0 and outcome.problem is None:
        begin = time.monotonic()
        answers = _round(url, connections, each, left + 120, folder, environment, outcome)
        rate = answers / (time.monotonic() - begin)
        each = max(1, int(rate * min(ROUND, end - time.monotonic()) / connections))
    return outcome


def _round(url, connections, each, patience, folder, environment, outcome):
    command = ["siege", "-b", f"-c{connections}", f"-r{each}", url]
    outcome.rounds += 1
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, env=environment, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        outcome.problem = f"siege did not end in {patience:.0f} s"
        return 0
    answers, failed = (_count(done.stdout, name) for name in ("transactions", "failed_transactions"))
    outcome.answers += answers
    outcome.failed += failed
    if answers + failed != connections * each:
        outcome.problem = f"{answers + failed} transactions instead of {connections * each}"
    return answers


def _count(output, name):
    plain = name.replace("_", " ").capitalize()
    found = re.search(rf"^{plain}:\s+(\d+)", output, re.MULTILINE) or re.search(rf'"{name}":\s+(\d+)', output)
    if not found:
        raise RuntimeError(f"siege said nothing that is understood: {output[-500:]}")
    return int(found[1])
