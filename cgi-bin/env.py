#!/usr/bin/env python3
"""Shows the request meta-variables (RFC 3875 section 4.1) that a script is given. `?format=text` gives plain text."""

import os
import sys

sys.dont_write_bytecode = True
from page import field, send

variables = sorted(os.environ.items())
if os.environ.get("QUERY_STRING") == "format=text":
    text = "".join(f"{name}={value}\n" for name, value in variables).encode(errors="backslashreplace")
    sys.stdout.buffer.write(b"Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n\r\n" + text)
else:
    rows = "\n".join(
        f'<tr><th scope="row"><code>{field(name)}</code></th><td><code>{field(value) or "<em>empty</em>"}</code></td></tr>'
        for name, value in variables
    )
    send(
        "The environment of a script",
        f"""<p class="lead">A CGI program learns about its request from {len(variables)} variables. They are all there is:
the server starts from an empty environment, so nothing of its own leaks in.</p>
<div class="scroll"><table><thead><tr><th scope="col">Variable</th><th scope="col">Value</th></tr></thead>
<tbody>
{rows}
</tbody></table></div>
<p><a href="?format=text">The same as plain text</a> · <a href="/cgi-bin/env.py/with/path/info?a=1&amp;b=two+words">with PATH_INFO and a query</a></p>""",
    )
