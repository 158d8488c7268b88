"""Clients that keep to the rules. Every answer is compared byte for byte; what is not right raises."""

import time

from http_client import Connection, Wrong, request


def check(answer, status, body=None):
    if answer.status != status:
        raise Wrong(f"status {answer.status} instead of {status}: {answer.body[:200]!r}")
    if body is not None and answer.body != body:
        raise Wrong(f"another body of {len(answer.body)} bytes instead of {len(body)}")
    return answer


def small_files(site, random):
    """Keep-alive: files, HEAD, conditionals, and paths that are not there."""
    done = 0
    with Connection(site.port) as connection:
        for _ in range(random.randint(1, 200)):
            target, content = random.choice(list(site.small.items()))
            kind = random.randrange(8)
            if kind == 0:
                connection.send(request("HEAD", target))
                answer = check(connection.read_answer(to_head=True), 200)
                if answer.fields["content-length"] != str(len(content)):
                    raise Wrong("HEAD tells another length")
            elif kind == 1:
                connection.send(request("GET", "/missing" + target))
                answer = check(connection.read_answer(), 404)
            else:
                connection.send(request("GET", target))
                answer = check(connection.read_answer(), 200, content)
                if kind == 2 and not answer.closes:
                    done += 1
                    connection.send(request("GET", target, [("If-None-Match", answer.fields["etag"])]))
                    answer = check(connection.read_answer(), 304)
            done += 1
            if answer.closes:
                connection.read_end()
                break
    return done


def pipelined(site, random):
    """Many requests in one write, and answers in their order."""
    targets = [random.choice(list(site.small.items())) for _ in range(random.randint(1, 40))]
    data = b"".join(request("GET", target, close=index == len(targets) - 1) for index, (target, _) in enumerate(targets))
    with Connection(site.port) as connection:
        connection.send(data)
        for _, content in targets:
            check(connection.read_answer(), 200, content)
        connection.read_end()
    return len(targets)


def new_connections(site, random):
    """A connection for every request, 1.0 and 1.1, some with the client's side ended behind the request."""
    for _ in range(10):
        target, content = random.choice(list(site.small.items()))
        old = random.random() < 0.3
        with Connection(site.port) as connection:
            connection.send(request("GET", target, version="1.0" if old else "1.1", close=not old))
            if random.random() < 0.3:
                connection.end()
            check(connection.read_answer(), 200, content)
            connection.read_end()
    return 10


def large_file(site, random):
    """All of the large file, fast or with rests."""
    slow = random.random() < 0.3
    count = 0

    def pace():
        nonlocal count
        count += 1
        if slow and count % 64 == 0:
            time.sleep(0.02)

    with Connection(site.port) as connection:
        connection.send(request("GET", "/large.bin", close=True))
        check(connection.read_answer(pace=pace), 200, site.large)
        connection.read_end()
    return 1


def ranges(site, random):
    """Parts of the large file."""
    with Connection(site.port) as connection:
        for done in range(1, random.randint(2, 20)):
            first = random.randrange(len(site.large))
            last = min(len(site.large) - 1, first + random.choice([0, 10, 1000, 100_000, 1_000_000]))
            connection.send(request("GET", "/large.bin", [("Range", f"bytes={first}-{last}")]))
            answer = check(connection.read_answer(), 206, site.large[first : last + 1])
            if answer.fields["content-range"] != f"bytes {first}-{last}/{len(site.large)}":
                raise Wrong(f"Content-Range: {answer.fields['content-range']}")
            if answer.closes:
                break
    return done


def listing(site, random):
    """The listing of a folder, with every name in it."""
    with Connection(site.port) as connection:
        connection.send(request("GET", "/list/", close=True))
        answer = check(connection.read_answer(), 200)
        text = answer.body.decode()
        missing = [name for name in site.listed if name.replace("&", "&amp;") not in text]
        if missing or not text.rstrip().endswith("</html>"):
            raise Wrong(f"the listing lacks {missing[:3]} or its end")
    return 1


def upload(site, random):
    """A file is sent, read, replaced, deleted, and gone."""
    target = f"/up/{random.getrandbits(64):016x}.bin"
    with Connection(site.port) as connection:

        def ask(status, *arguments, body=None, **more):
            connection.send(request(*arguments, **more))
            return check(connection.read_answer(), status, body)

        for status in (201, 204):
            content = random.randbytes(random.choice([0, 10, 5_000, 300_000, 2_000_000]))
            chunks = [random.randint(1, 100_000) for _ in range(20)] if random.random() < 0.5 else None
            connection.send(request("PUT", target, body=content, chunks=chunks))
            answer = connection.read_answer()
            if answer.status not in (status, 200):
                raise Wrong(f"PUT answered {answer.status} instead of {status}: {answer.body[:200]!r}")
            ask(200, "GET", target, body=content)
        ask(204, "DELETE", target)
        ask(404, "GET", target)
    return 6


def scripts(site, random):
    """CGI with bodies, of known length and chunked."""
    body = random.randbytes(random.choice([1, 100, 10_000, 500_000]))
    chunks = [random.randint(1, 50_000) for _ in range(10)] if random.random() < 0.5 else None
    with Connection(site.port) as connection:
        kind = random.randrange(3 if site.has_php else 2)
        if kind == 0:
            connection.send(request("GET", "/cgi/hello.sh", close=True))
            check(connection.read_answer(), 200, b"hello")
        elif kind == 1:
            connection.send(request("POST", "/cgi/upper.py", body=body, chunks=chunks, close=True))
            check(connection.read_answer(), 200, body.upper())
        else:
            connection.send(request("POST", "/cgi/reverse.php", [("Content-Type", "application/octet-stream")], body=body, close=True))
            check(connection.read_answer(), 200, body[::-1])
        connection.read_end()
    return 1


WELL_BEHAVED = [small_files, small_files, pipelined, pipelined, new_connections, new_connections, large_file, ranges, listing, upload, upload, scripts]
