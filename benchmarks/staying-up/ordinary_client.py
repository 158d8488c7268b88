"""An ordinary client that asks for a file again and again, and notes how long each answer took."""

import multiprocessing
import socket
import threading
import time


def percentile(sorted_values, share):
    """The smallest value that at least this share of them does not exceed."""
    return sorted_values[min(len(sorted_values) - 1, max(0, -int(-len(sorted_values) * share // 1) - 1))]


class OrdinaryClient(threading.Thread):
    """Asks every few milliseconds, in turns on a connection that it keeps and on a new one."""

    def __init__(self, port, path, content, interval=0.02, timeout=10):
        super().__init__(daemon=True)
        self._port = port
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n".encode()
        self._content = content
        self._interval = interval
        self._timeout = timeout
        self._over = threading.Event()
        self._kept = None
        self.latencies = []
        self.failures = []

    def run(self):
        keep = True
        while not self._over.is_set():
            begin = time.perf_counter()
            try:
                self._ask_on_kept() if keep else self._ask_on_new()
                self.latencies.append(time.perf_counter() - begin)
            except (OSError, ValueError) as problem:
                self.failures.append(f"{'kept' if keep else 'new'} connection after {time.perf_counter() - begin:.3f} s: {problem}")
                self._drop()
            keep = not keep
            self._over.wait(self._interval)
        self._drop()

    def stop(self):
        self._over.set()
        self.join(2 * self._timeout)

    def _drop(self):
        if self._kept:
            self._kept.close()
            self._kept = None

    def _connect(self):
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=self._timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _ask_on_kept(self):
        if self._kept is None:
            self._kept = self._connect()
        self._ask(self._kept, self._request + b"\r\n")

    def _ask_on_new(self):
        with self._connect() as connection:
            self._ask(connection, self._request + b"Connection: close\r\n\r\n")

    def _ask(self, connection, request):
        connection.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := connection.recv(65536)):
                raise ValueError(f"closed after {data[:80]!r}")
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise ValueError(f"answered {head[:80]!r}")
        while len(body) < len(self._content):
            if not (more := connection.recv(65536)):
                raise ValueError("closed within an answer")
            body += more
        if body != self._content:
            raise ValueError("another content")


class OrdinaryProcess:
    """The same in a process of its own: what other threads of this one do, who share its interpreter, is not the server's latency."""

    def __init__(self, *arguments, **options):
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_ask_until_told, args=(theirs, arguments, options), daemon=True)
        self.latencies = []
        self.failures = []

    def start(self):
        self._process.start()
        self._ours.recv()

    def stop(self):
        self._ours.send("stop")
        self.latencies, self.failures = self._ours.recv()
        self._process.join(10)


def _ask_until_told(connection, arguments, options):
    client = OrdinaryClient(*arguments, **options)
    client.start()
    connection.send("ready")
    connection.recv()
    client.stop()
    connection.send((client.latencies, client.failures))
