#!/usr/bin/env python3
"""Echoes a form: the fields of the query and, for POST, those of the body."""

import os
import sys
from urllib.parse import parse_qsl

sys.dont_write_bytecode = True
from page import field, read_body, send

LIMIT = 64 * 1024
MAX_FIELDS = 100


def table(caption, pairs):
    if not pairs:
        return f"<h2>{caption}</h2><p>No fields.</p>"
    rows = "\n".join(f'<tr><th scope="row">{field(name)}</th><td class="pre">{field(value)}</td></tr>' for name, value in pairs)
    return f'<h2>{caption}</h2><div class="scroll"><table><tbody>\n{rows}\n</tbody></table></div>'


def main():
    method = os.environ.get("REQUEST_METHOD", "GET")
    parts = [f'<p class="lead">A <code>{field(method)}</code> request arrived. This is what was in it.</p>']
    try:
        query = parse_qsl(os.environ.get("QUERY_STRING", ""), keep_blank_values=True, max_num_fields=MAX_FIELDS)
        parts.append(table("In the query", query))
        if method == "POST":
            body = read_body(LIMIT)
            if body is None:
                send("Too much", f"<p>This script reads up to {LIMIT // 1024} KiB.</p>", "413 Content Too Large")
                return
            kind = os.environ.get("CONTENT_TYPE", "").split(";")[0].strip().lower()
            if kind == "application/x-www-form-urlencoded":
                pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
                parts.append(table("In the body", pairs))
            else:
                start = body[:2048].decode(errors="replace")
                parts.append(f"<h2>In the body</h2><p>{len(body):,} bytes of <code>{field(kind or 'no type')}</code>.</p><pre>{field(start)}</pre>")
    except ValueError:
        send("Too many fields", f"<p>This script reads up to {MAX_FIELDS} fields.</p>", "400 Bad Request")
        return
    parts.append('<p><a class="button" href="/scripts.html">Back to the form</a></p>')
    send("Your form, echoed", "\n".join(parts))


main()
