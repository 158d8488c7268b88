#!/usr/bin/env python3
"""A guest book. GET shows it (`?format=json` for programs), POST adds an entry.

Entries are lines of JSON in var/guestbook/ beside cgi-bin/, or in the directory named by GUESTBOOK_DIRECTORY. Writers and
readers take a lock on a file of its own; a new version replaces the old one by rename, so that a full disk or a kill in
the middle loses nothing.
"""

import fcntl
import json
import os
import re
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

sys.dont_write_bytecode = True
from page import field, read_body, send

DIRECTORY = Path(os.environ.get("GUESTBOOK_DIRECTORY") or Path(__file__).resolve().parent.parent / "var" / "guestbook")
ENTRIES = DIRECTORY / "entries.jsonl"
MAX_BODY, MAX_NAME, MAX_MESSAGE, MAX_ENTRIES, SHOWN = 16 * 1024, 60, 1000, 500, 50


@contextmanager
def locked(mode):
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with open(DIRECTORY / "lock", "a") as lock:
        fcntl.flock(lock, mode)
        yield


def read_entries():
    try:
        lines = ENTRIES.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines if line]


def add(name, message):
    with locked(fcntl.LOCK_EX):
        entries = read_entries()[-(MAX_ENTRIES - 1):]
        entries.append({"name": name, "message": message, "time": int(time.time())})
        fresh = DIRECTORY / "entries.new"
        with open(fresh, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(entry) + "\n" for entry in entries)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, ENTRIES)


def clean(text, limit):
    """Trimmed, with line ends made equal and control characters gone; None where it is empty or too long."""
    text = re.sub(r"\r\n?", "\n", text).strip()
    text = "".join(c for c in text if c == "\n" or c.isprintable())
    return text if 0 < len(text) <= limit else None


def post():
    if os.environ.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "same-site", "none"):
        send("Not from here", "<p>Another site sent this form.</p>", "403 Forbidden")
        return
    body = read_body(MAX_BODY)
    if body is None:
        send("Too much", f"<p>An entry is at most {MAX_BODY // 1024} KiB as it is sent.</p>", "413 Content Too Large")
        return
    try:
        form = parse_qs(body.decode("utf-8"), max_num_fields=10)
    except ValueError:
        send("Not a form", "<p>The form could not be read.</p>", "400 Bad Request")
        return
    name = clean(form.get("name", [""])[0].replace("\n", " "), MAX_NAME)
    message = clean(form.get("message", [""])[0], MAX_MESSAGE)
    if name is None or message is None:
        send(
            "Not quite",
            f"""<p>A name (1 to {MAX_NAME} characters) and a message (1 to {MAX_MESSAGE}) are needed.</p>
<p><a class="button" href="/guestbook.html">Back to the form</a></p>""",
            "422 Unprocessable Content",
        )
        return
    add(name, message)
    host = os.environ.get("HTTP_HOST", "")
    if re.fullmatch(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?", host):
        scheme = "https" if os.environ.get("HTTPS", "") not in ("", "off") else "http"
        sys.stdout.write(f"Status: 303 See Other\r\nLocation: {scheme}://{host}/guestbook.html\r\n\r\n")
    else:
        show()


def show():
    with locked(fcntl.LOCK_SH):
        entries = read_entries()[-SHOWN:]
    entries.reverse()
    if os.environ.get("REQUEST_METHOD") == "GET" and os.environ.get("QUERY_STRING") == "format=json":
        body = json.dumps({"entries": entries}).encode()
        sys.stdout.buffer.write(b"Content-Type: application/json\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n" + body)
        return
    items = "\n".join(
        f"""<li><p class="pre">{field(entry["message"])}</p>
<p class="by">{field(entry["name"])}, <time datetime="{time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(entry["time"]))}">{time.strftime("%-d %B %Y, %H:%M", time.gmtime(entry["time"]))} UTC</time></p></li>"""
        for entry in entries
    )
    send(
        "Guest book",
        (f'<ol class="entries">{items}</ol>' if items else "<p>Nobody has written yet.</p>")
        + '<p><a class="button" href="/guestbook.html">Write something</a></p>',
    )


post() if os.environ.get("REQUEST_METHOD") == "POST" else show()
