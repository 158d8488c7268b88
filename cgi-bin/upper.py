#!/usr/bin/env python3
"""Answers with the request body in upper case (ASCII letters), in chunks as they come: any length, constant memory."""

import os
import sys

source, out = sys.stdin.buffer, sys.stdout.buffer
try:
    out.write(b"Content-Type: application/octet-stream\r\n\r\n")
    out.flush()
    while chunk := source.read1(64 * 1024):
        out.write(chunk.upper())
        out.flush()
except BrokenPipeError:
    # The reader is gone. Python would try to flush once more at exit; point it at nothing.
    os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
