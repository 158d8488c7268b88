"""What the server of the soak serves, and its configuration."""

import json
import os
import random
import shutil
import stat
from pathlib import Path

LARGE = 16 << 20

UPPER = """import sys
out = sys.stdout.buffer
out.write(b"Content-Type: application/octet-stream\\r\\n\\r\\n")
while True:
    body = sys.stdin.buffer.read1(65536)
    if not body:
        break
    out.write(body.upper())
    out.flush()
"""

PHP = "<?php header('Content-Type: text/plain'); echo strrev(file_get_contents('php://input'));\n"


class Site:
    """Files with known contents, scripts, a folder for uploads."""

    def __init__(self, folder, port):
        self.folder = folder
        self.port = port
        self.configuration = folder / "appsettings.json"
        self.uploads = folder / "up"
        self.scratch = folder / "tmp"
        self.has_php = shutil.which("php-cgi") is not None
        for name in ("www/list", "up", "cgi", "tmp"):
            (folder / name).mkdir(parents=True)
        source = random.Random(1)
        self.small = {}
        for number, size in enumerate([0, 1, 200, 612, 612, 4096, 10_000, 16_384, 65_536, 100_000]):
            content = source.randbytes(size)
            (folder / "www" / f"{number}.bin").write_bytes(content)
            self.small[f"/{number}.bin"] = content
        self.large = source.randbytes(LARGE)
        (folder / "www" / "large.bin").write_bytes(self.large)
        self.listed = [f"file {number} & more.txt" for number in range(50)]
        for name in self.listed:
            (folder / "www" / "list" / name).write_text(name)
        self._script("upper.py", UPPER)
        self._script("hello.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\nhello'\n")
        self._script("sleep.sh", "#!/bin/sh\nsleep 300\n")
        self._script("reverse.php", PHP)
        self.configure(0)

    def configure(self, generation, is_broken=False):
        """Writes a configuration whose answers carry the generation; a broken one names a middleware that is not there."""
        interpreters = {".py": "python3", ".sh": ""}
        if self.has_php:
            interpreters[".php"] = "php-cgi"
        static = {"Use": "NoSuchMiddleware" if is_broken else "StaticFiles", "Options": {"Index": [], "ExtraFields": {"X-Generation": str(generation)}}}
        configuration = {
            "Webserv": {
                # So that what the cache holds is the same whenever the server has been left alone for a while: nothing.
                "FileCache": {"InactiveFor": "5s"},
                # By signal alone, so that every reload is counted once.
                "ReloadOnChange": False,
                "Limits": {"RequestHeadTimeout": "15s", "RequestBodyTimeout": "15s", "ResponseWriteTimeout": "15s"},
                "VirtualServers": [
                    {
                        "Name": "soak",
                        "Listen": [f"http://127.0.0.1:{self.port}"],
                        "Root": "www",
                        "MaxRequestBodySize": "8MB",
                        "Pipeline": [
                            {"When": {"Path": "/up/*"}, "Root": "up", "Pipeline": [{"Use": "Uploads", "Options": {"Conflict": "Replace"}}, {"Use": "StaticFiles"}]},
                            {
                                "When": {"Path": "/cgi/*"},
                                "Root": "cgi",
                                "Pipeline": [{"Use": "Cgi", "Options": {"Interpreters": interpreters, "ChunkedBody": "Stream", "KillGrace": "300ms"}}],
                            },
                            static,
                            {"Use": "DirectoryListing"},
                        ],
                    }
                ],
            }
        }
        # In one step: the server may look at any time.
        fresh = self.configuration.with_suffix(".new")
        fresh.write_text(json.dumps(configuration, indent=2))
        os.replace(fresh, self.configuration)

    def _script(self, name, text):
        path = self.folder / "cgi" / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def left_over(self):
        """Files that nobody should have left: in the folder for uploads and among the temporary files."""
        found = [str(path.relative_to(self.folder)) for path in self.uploads.rglob("*")]
        for path in self.scratch.iterdir():
            if not path.name.startswith(("dotnet-diagnostic-", "clr-debug-pipe-", ".dotnet")):
                found.append(str(path.relative_to(self.folder)))
        return sorted(found)
