"""Has a .NET process collect its garbage, through the runtime's diagnostic socket."""

import glob
import os
import socket
import struct
import tempfile

MAGIC = b"DOTNET_IPC_V1\0"
EVENT_PIPE = 2
STOP_TRACING = 1
COLLECT_TRACING_2 = 3
GC_KEYWORD = 0x1
HEAP_COLLECT_KEYWORD = 0x800000  # Enabling it makes the runtime do one full, blocking collection.
INFORMATIONAL = 4


def _text(value):
    encoded = (value + "\0").encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def _message(command, payload):
    return MAGIC + struct.pack("<HBBH", 20 + len(payload), EVENT_PIPE, command, 0) + payload


def _connect(pid):
    # The socket is in the temporary directory of the process that is asked.
    places = {tempfile.gettempdir(), "/tmp"}
    found = [path for place in places for path in glob.glob(os.path.join(glob.escape(place), f"dotnet-diagnostic-{pid}-*-socket"))]
    if not found:
        raise RuntimeError(f"process {pid} has no diagnostic socket in {' or '.join(sorted(places))}")
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(60)
    connection.connect(found[0])
    return connection


def _receive(connection, count):
    data = b""
    while len(data) < count:
        if not (more := connection.recv(count - len(data))):
            raise RuntimeError("the runtime closed its diagnostic socket")
        data += more
    return data


def _answer(connection):
    header = _receive(connection, 20)
    size, command_set, command = struct.unpack("<HBB", header[14:18])
    body = _receive(connection, size - 20)
    if (command_set, command) != (0xFF, 0):
        raise RuntimeError(f"the runtime refused to trace: {body.hex()}")
    return body


def force(pid):
    """One full collection; returns when it is over."""
    # Without a rundown: the runtime would list every method there is for it, which was seen to crash it while plugins unload.
    provider = struct.pack("<QI", GC_KEYWORD | HEAP_COLLECT_KEYWORD, INFORMATIONAL) + _text("Microsoft-Windows-DotNETRuntime") + struct.pack("<I", 0)
    with _connect(pid) as trace:
        trace.sendall(_message(COLLECT_TRACING_2, struct.pack("<IIBI", 16, 1, False, 1) + provider))
        session = _answer(trace)[:8]
        with _connect(pid) as control:
            control.sendall(_message(STOP_TRACING, session))
            # The rest of the trace has to be read, or the runtime waits for room.
            while trace.recv(65536):
                pass
            _answer(control)
