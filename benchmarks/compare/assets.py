"""A rotating set of web assets: the same twenty files on every machine, with siblings that are compressed beforehand."""

import gzip
import http.client
import json
import random
import shutil
import subprocess
import zlib
from pathlib import Path

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9",
    "Referer": "http://127.0.0.1/assets/index.html",
    "Sec-Fetch-Dest": "script",
    "Sec-Fetch-Mode": "no-cors",
    "Sec-Fetch-Site": "same-origin",
}
# KiB of each. Text is compressible like text of its kind, the others are not at all.
FILES = {
    "index.html": 12, "article.html": 34, "listing.html": 71,
    "app.css": 48, "reset.css": 3, "theme.css": 96,
    "app.js": 142, "vendor.js": 300, "router.js": 18, "worker.js": 7,
    "logo.svg": 5, "icons.svg": 58, "catalogue.json": 88, "settings.json": 4,
    "text.woff2": 26, "headings.woff2": 41, "hero.jpg": 210, "portrait.jpg": 64, "card.webp": 33, "screen.png": 120,
}
COMPRESSIBLE = {".html", ".css", ".js", ".svg", ".json"}
# The name in Content-Encoding and Accept-Encoding, the file-name extension, and how the sibling is made and read.
CODINGS = {
    "gzip": (".gz", lambda data: gzip.compress(data, 9, mtime=0), gzip.decompress),
    "br": (".br", lambda data: _pipe(data, "brotli", "-q", "11", "-c"), lambda data: _pipe(data, "brotli", "-d", "-c")),
    "zstd": (".zst", lambda data: _pipe(data, "zstd", "-q", "-19", "-c"), lambda data: _pipe(data, "zstd", "-q", "-d", "-c")),
}
WORDS = (
    "window document function return const export import default class extends margin padding display flex grid color background "
    "border width height section article header footer button label input value path stroke fill title description price image"
).split()


def _pipe(data, *command):
    if not shutil.which(command[0]):
        raise RuntimeError(f"{command[0]} is not here: apt-get install {command[0]}")
    return subprocess.run(command, input=data, capture_output=True, timeout=60, check=True).stdout


def _text(chance, length):
    """Words, numbers and marks in lines: gzip makes less than a third of it, as it does of real pages and scripts."""
    parts = []
    size = 0
    while size < length:
        if len(parts) > 40 and chance.random() < 0.03:
            # Real pages and scripts say much of what they say more than once.
            start = chance.randrange(len(parts) - 8)
            part = "".join(parts[start : start + 8])
        else:
            word = chance.choice(WORDS) if chance.random() < 0.85 else f"{chance.getrandbits(24):x}"
            part = word + chance.choice((" ", "=", "(", ");\n", "{", "}\n", '"', ": ", ";\n", "</"))
        parts.append(part)
        size += len(part)
    return "".join(parts).encode()[:length]


def make(folder, codings):
    """Writes the files and their siblings, and says how many bytes each has."""
    root = folder / "assets"
    root.mkdir()
    for name, kibibytes in FILES.items():
        chance = random.Random(name)
        length = kibibytes * 1024
        is_text = Path(name).suffix in COMPRESSIBLE
        data = _text(chance, length) if is_text else chance.randbytes(length)
        (root / name).write_bytes(data)
        for coding in codings if is_text else ():
            extension, encode, _ = CODINGS[coding]
            (root / (name + extension)).write_bytes(encode(data))
    return {name: (root / name).read_bytes() for name in FILES}


def script():
    """Lua for wrk: each connection's next request is for the next file; each thread begins with another one."""
    fields = ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in BROWSER.items())
    names = ", ".join(json.dumps(f"/assets/{name}") for name in sorted(FILES, key=lambda name: zlib.crc32(name.encode())))
    return f"""\
local paths = {{ {names} }}
local fields = {{ {fields} }}
local requests = {{}}
local at = 0
local threads = 0
setup = function(thread)
  thread:set("first", threads * 7)
  threads = threads + 1
end
init = function()
  at = first
  for index, path in ipairs(paths) do requests[index] = wrk.format("GET", path, fields) end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
"""


def verify(server, port, contents):
    """Asks for every file as a browser would and compares what it decodes. Returns the bytes of body of one rotation, by coding."""
    sent = {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        for name, expected in contents.items():
            connection.request("GET", f"/assets/{name}", headers=BROWSER)
            answer = connection.getresponse()
            body = answer.read()
            coding = answer.getheader("Content-Encoding", "identity")
            if answer.status != 200:
                raise RuntimeError(f"{server} answers /assets/{name} with {answer.status}")
            if coding not in ("identity", *CODINGS):
                raise RuntimeError(f"{server} answers /assets/{name} in {coding}, which was not asked for")
            decoded = body if coding == "identity" else CODINGS[coding][2](body)
            if decoded != expected:
                raise RuntimeError(f"{server} answers /assets/{name} ({coding}) with something else than the file")
            sent[coding] = sent.get(coding, 0) + len(body)
    finally:
        connection.close()
    return sent
