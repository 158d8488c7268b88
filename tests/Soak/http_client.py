"""A strict HTTP/1.1 client on a socket: what is not as it should be raises Wrong."""

import socket
import struct


class Wrong(Exception):
    """An answer that is not right."""


class Answer:
    """Status, fields in lower case, body."""

    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    @property
    def closes(self):
        return "close" in self.fields.get("connection", "").lower()


class Connection:
    """One connection; answers are read one by one."""

    def __init__(self, port, timeout=60, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(("127.0.0.1", port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            self.socket.close()
            raise
        self._data = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def end(self):
        """Ends this side; answers can still be read."""
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def read_answer(self, to_head=False, pace=None):
        """One answer with its framing; pace is called before every receive of the body."""
        while True:
            answer = self._read_one(to_head, pace)
            if answer.status != 100:
                return answer

    def read_end(self):
        """Asserts that the server ends the connection and says nothing more."""
        if self._data or (rest := self.socket.recv(1)):
            raise Wrong(f"more after the last answer: {(self._data or rest)[:80]!r}")

    def _more(self, what):
        data = self.socket.recv(1 << 16)
        if not data:
            raise Wrong(f"the server closed the connection within {what}; there was {self._data[:80]!r}")
        self._data += data

    def _take(self, count, what, pace=None):
        if len(self._data) >= count:
            taken, self._data = self._data[:count], self._data[count:]
            return taken
        parts, have = [self._data], len(self._data)
        self._data = b""
        while have < count:
            if pace:
                pace()
            data = self.socket.recv(min(1 << 16, count - have))
            if not data:
                raise Wrong(f"the server closed the connection within {what}, {have} of {count} bytes")
            parts.append(data)
            have += len(data)
        return b"".join(parts)

    def _line(self, what):
        while b"\r\n" not in self._data:
            self._more(what)
        line, _, self._data = self._data.partition(b"\r\n")
        return line

    def _read_one(self, to_head, pace):
        while b"\r\n\r\n" not in self._data:
            self._more("a head")
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        if not first.startswith("HTTP/1.1 ") or not first[9:12].isdigit():
            raise Wrong(f"no status line: {first!r}")
        status = int(first[9:12])
        fields = {}
        for line in lines:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        if status == 100:
            return Answer(status, fields, b"")
        if "date" not in fields:
            raise Wrong(f"no Date: {first!r}")
        if to_head or status in (204, 304):
            return Answer(status, fields, b"")
        if fields.get("transfer-encoding") == "chunked":
            return Answer(status, fields, self._chunks())
        if "content-length" in fields:
            return Answer(status, fields, self._take(int(fields["content-length"]), "a body", pace))
        raise Wrong(f"no framing: {first!r}")

    def _chunks(self):
        body = b""
        while True:
            size = int(self._line("a chunk size"), 16)
            body += self._take(size, "a chunk")
            if self._line("the end of a chunk"):
                raise Wrong("a chunk is longer than its size")
            if size == 0:
                return body


def request(method, target, fields=(), body=None, chunks=None, version="1.1", close=False):
    """The octets of a request; with chunks the body goes out in pieces of such sizes."""
    lines = [f"{method} {target} HTTP/{version}", "Host: soak.example", *(f"{name}: {value}" for name, value in fields)]
    if close:
        lines.append("Connection: close")
    if body is not None:
        lines.append("Transfer-Encoding: chunked" if chunks else f"Content-Length: {len(body)}")
    data = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    if body is None:
        return data
    if not chunks:
        return data + body
    position = 0
    for size in chunks:
        if piece := body[position : position + size]:
            data += b"%x;soak\r\n%s\r\n" % (len(piece), piece)
        position += size
    if rest := body[position:]:
        data += b"%X\r\n%s\r\n" % (len(rest), rest)
    return data + b"0\r\nX-Trailer: soak\r\n\r\n"
