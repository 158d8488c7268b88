"""The scripts that are run: the same answer in three languages."""

import subprocess
from pathlib import Path

QUERY = "name=value"
ANSWER = f"hello GET {QUERY}\n"
TYPE = "text/plain"
PYTHON = """\
#!{python}
import os
print("Content-Type: text/plain")
print()
print("hello", os.environ["REQUEST_METHOD"], os.environ["QUERY_STRING"])
"""
PHP = """\
<?php
header('Content-Type: text/plain');
echo "hello {$_SERVER['REQUEST_METHOD']} {$_SERVER['QUERY_STRING']}\\n";
"""
# Every server runs these as they are: programs that are executable. PHP's own look-up of the script is the same everywhere, too.
PATHS = {"c": "/hello.cgi", "python": "/hello.py", "php": "/hello-php.cgi"}
FILES = "/hello.php"


def make(folder: Path, programs, python, php):
    """Writes the scripts into the root and compiles what must be compiled."""
    if "c" in programs:
        subprocess.run(
            ["cc", "-O2", "-Wall", "-Werror", "-o", str(folder / "hello.cgi"), str(Path(__file__).with_name("hello.c"))], check=True, timeout=60
        )
    if "python" in programs:
        _write(folder / "hello.py", PYTHON.replace("{python}", python), 0o755)
    if "php" in programs:
        _write(folder / "hello-php.cgi", f"#!{php} -dcgi.force_redirect=0\n{PHP}", 0o755)
        _write(folder / "hello.php", PHP, 0o644)


def _write(file, text, mode):
    file.write_text(text)
    file.chmod(mode)
