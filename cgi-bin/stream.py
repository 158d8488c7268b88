#!/usr/bin/env python3
"""Writes a line every 200 ms and flushes it, so that it can be watched arriving. `?lines=N`, 1 to 100; 25 unless given."""

import os
import sys
import time
from urllib.parse import parse_qs

wanted = parse_qs(os.environ.get("QUERY_STRING", "")).get("lines", ["25"])[0]
lines = min(max(int(wanted), 1), 100) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 25

out = sys.stdout
out.write("Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n\r\n")
start = time.monotonic()
try:
    for number in range(1, lines + 1):
        out.write(f"{time.monotonic() - start:6.3f} s  line {number:3} of {lines}  {'▪' * (number % 40)}\n")
        out.flush()
        if number < lines:
            time.sleep(0.2)
except BrokenPipeError:
    # The reader is gone. Python would try to flush once more at exit; point it at nothing.
    os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
