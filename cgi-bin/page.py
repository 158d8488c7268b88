#!/usr/bin/env python3
"""What the Python pages here share: the frame of a page, in the style of the site around them."""

import html
import os
import sys


def field(text):
    """Text as it may stand in HTML and in attribute values."""
    return html.escape(str(text), quote=True)


def send(title, body, status=None, head=""):
    """Answers with a whole page; `body` is HTML already."""
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{field(title)} · Webserv</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/site.css">
{head}</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="top"><a class="brand" href="/"><img src="/favicon.svg" alt="" width="28" height="28">Webserv</a>
<nav aria-label="Main"><a href="/journey.html">Journey</a> <a href="/pipeline.html">Pipeline</a> <a href="/downloads/">Downloads</a>
<a href="/upload.html">Upload</a> <a href="/scripts.html" aria-current="true">Scripts</a> <a href="/guestbook.html">Guest book</a>
<a href="/gallery/">Gallery</a></nav></header>
<main id="main">
<h1>{field(title)}</h1>
{body}
</main>
<footer class="bottom"><p>Answered by <code>{field(os.environ.get("SCRIPT_NAME", sys.argv[0]))}</code>, a program of its own for this one request.
<a href="/scripts.html">All scripts</a></p></footer>
</body>
</html>
""".encode(errors="backslashreplace")
    out = sys.stdout.buffer
    if status:
        out.write(f"Status: {status}\r\n".encode())
    out.write(b"Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n")
    out.write(f"Content-Length: {len(page)}\r\n\r\n".encode())
    out.write(page)
    out.flush()


def read_body(limit):
    """The request body, or None where it is longer than `limit` bytes. It ends at end-of-file, with or without a length."""
    body = sys.stdin.buffer.read(limit + 1)
    return None if len(body) > limit else body


if __name__ == "__main__":
    send("Not found", "<p>This file belongs to the scripts beside it and answers nothing itself.</p>", "404 Not Found")
