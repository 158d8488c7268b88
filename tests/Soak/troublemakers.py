"""Clients that break off, send rubbish, or take their time. They expect nothing, but nobody else may notice them."""

import time

from http_client import Connection, request


def _any_request(site, random):
    body = random.randbytes(random.choice([10, 5_000, 200_000]))
    chunks = [random.randint(1, 20_000) for _ in range(5)] if random.random() < 0.5 else None
    return random.choice(
        [
            lambda: request("GET", random.choice(list(site.small))),
            lambda: request("GET", "/large.bin"),
            lambda: request("GET", "/list/"),
            lambda: request("PUT", f"/up/broken-{random.getrandbits(64):016x}.bin", body=body, chunks=chunks),
            lambda: request("POST", "/cgi/upper.py", body=body, chunks=chunks),
            lambda: request("GET", "/cgi/sleep.sh"),
            lambda: b"".join(request("GET", random.choice(list(site.small))) for _ in range(20)),
        ]
    )()


def _leave(connection, random):
    """Closes in order, resets, or ends one side and looks no more."""
    kind = random.randrange(3)
    if kind == 0:
        connection.reset()
    elif kind == 1:
        connection.end()
        connection.reset()
    else:
        connection.close()


def disconnect(site, random):
    """Leaves at any stage: before a byte, within the head, within the body, within the answer."""
    data = _any_request(site, random)
    is_upload = data.startswith(b"PUT")
    with Connection(site.port, timeout=10) as connection:
        # An upload that is sent to its end is kept, and would be taken for something left behind.
        sent = random.randint(0, len(data) - 1 if is_upload else len(data))
        connection.send(data[:sent])
        if sent == len(data) and random.random() < 0.7 and b"sleep" not in data:
            for _ in range(random.randint(1, 30)):
                if not connection.socket.recv(random.choice([1, 100, 65536])):
                    break
        elif random.random() < 0.3:
            time.sleep(random.random() * 0.5)
        _leave(connection, random)


def garbage(site, random):
    """Octets that are no request, and requests with a few octets changed. Reads until the server has had enough."""
    if random.random() < 0.5:
        data = random.randbytes(random.randint(1, 3000))
    else:
        changed = bytearray(request("GET", random.choice(list(site.small)), [("X-Field", "value")], body=b"0123456789", chunks=[3]))
        for _ in range(random.randint(1, 5)):
            changed[random.randrange(len(changed))] = random.randrange(256)
        data = bytes(changed)
    with Connection(site.port, timeout=10) as connection:
        connection.send(data)
        connection.end()
        while connection.socket.recv(65536):
            pass


def slow_sender(site, random):
    """A head or a body, a few octets at a time, until the server ends it or patience does."""
    data = random.choice(
        [request("GET", "/3.bin", [("X-Slow", "x" * 200)]), request("PUT", f"/up/slow-{random.getrandbits(64):016x}.bin", body=b"x" * 100_000)]
    )
    end = time.monotonic() + random.uniform(1, 20)
    with Connection(site.port, timeout=10) as connection:
        for position in range(0, 400, 3):
            connection.send(data[position : position + 3])
            time.sleep(random.random() * 0.5)
            if time.monotonic() > end:
                break
        _leave(connection, random)


def slow_reader(site, random):
    """Asks for the large file and takes next to nothing of it."""
    end = time.monotonic() + random.uniform(1, 20)
    with Connection(site.port, timeout=10, receive_buffer=4096) as connection:
        connection.send(request("GET", "/large.bin"))
        while time.monotonic() < end and connection.socket.recv(512):
            time.sleep(random.random())
        _leave(connection, random)


def silent(site, random):
    """Opens a connection and says nothing, or stays after one answer."""
    with Connection(site.port, timeout=20) as connection:
        if random.random() < 0.5:
            connection.send(request("GET", "/3.bin"))
            connection.read_answer()
        time.sleep(random.uniform(0.1, 10))
        _leave(connection, random)


# Half of the troublemakers do these, the other half those: the slow ones would take all the time.
QUICK = [disconnect, disconnect, disconnect, garbage, garbage]
SLOW = [slow_sender, slow_reader, silent]
