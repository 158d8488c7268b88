"""The body as bytes, read by its length."""
import hashlib
import os
import sys

length = int(os.environ["CONTENT_LENGTH"])
body = sys.stdin.buffer.read(length)
more = sys.stdin.buffer.read()
sys.stdout.buffer.write(b"Content-Type: text/plain\r\n\r\n")
sys.stdout.buffer.write(f"{len(body)} {hashlib.sha256(body).hexdigest()} {len(more)}".encode())
