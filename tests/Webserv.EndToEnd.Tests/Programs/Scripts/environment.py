#!/usr/bin/python3
"""What a script is started with, as JSON."""
import json
import os
import sys

data = {
    "environment": {os.fsdecode(name): os.fsdecode(value) for name, value in os.environb.items()},
    "arguments": sys.argv[1:],
    "directory": os.getcwd(),
    "body": sys.stdin.buffer.read().decode(),
}
sys.stdout.buffer.write(b"Content-Type: application/json\n\n" + json.dumps(data).encode())
