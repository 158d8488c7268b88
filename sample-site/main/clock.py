"""The time, as plain text. It has no executable bit and no first line: its extension alone picks the interpreter."""

import datetime

now = datetime.datetime.now(datetime.timezone.utc)
print("Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n\r", flush=False)
print(f"{now:%A, %d %B %Y}\n{now:%H:%M:%S} UTC\nday {now:%j} of the year, week {now:%V}")
