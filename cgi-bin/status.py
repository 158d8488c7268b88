#!/usr/bin/env python3
"""Statuses and redirects from a script: `?status=418`, `?to=local` (RFC 3875 section 6.2.2), `?to=client` (6.2.3)."""

import http
import os
import re
import sys
from urllib.parse import parse_qs

sys.dont_write_bytecode = True
from page import field, send


def origin():
    """Scheme and authority of this request, with nothing in them that could end a field line."""
    host = os.environ.get("HTTP_HOST", "")
    if not re.fullmatch(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?", host):
        host = "localhost"
    scheme = "https" if os.environ.get("HTTPS", "") not in ("", "off") else "http"
    return f"{scheme}://{host}"


query = parse_qs(os.environ.get("QUERY_STRING", ""))
target = query.get("to", [""])[0]
status = query.get("status", [""])[0]

if target == "local":
    sys.stdout.write("Location: /journey.html\r\n\r\n")
elif target == "client":
    sys.stdout.write(f"Location: {origin()}/journey.html\r\n\r\n")
else:
    try:
        code = http.HTTPStatus(int(status)) if re.fullmatch(r"[2-5]\d\d", status) else None
    except ValueError:
        code = None
    if code is None or code in (204, 304):
        links = " ".join(f'<a class="button" href="?status={c}">{c}</a>' for c in (200, 201, 403, 404, 410, 418, 451, 503))
        send(
            "Pick a status",
            f"""<p class="lead">A script sets its status with a <code>Status</code> field in front of its answer.</p>
<p>{links}</p>
<h2>Redirects</h2>
<ul><li><a href="?to=local">A local redirect</a>: the server answers with another page of its own; the address stays.</li>
<li><a href="?to=client">A client redirect</a>: the browser is sent there.</li></ul>""",
            None if not status else "400 Bad Request",
        )
    else:
        send(f"{code.value} {code.phrase}", f"<p class='lead'>{field(code.description or 'As asked for.')}</p><p><a href='?'>Pick another</a></p>", f"{code.value} {code.phrase}")
