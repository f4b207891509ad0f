"""Runs a command with its output thrown away; prints CPU and wall seconds, peak resident KiB and wait status as JSON."""
import json
import os
import sys
import time

begun = time.monotonic()
child = os.fork()
if child == 0:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    try:
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError:
        os._exit(127)
_, status, usage = os.wait4(child, 0)
print(json.dumps({
    "cpuSeconds": usage.ru_utime + usage.ru_stime,
    "wallSeconds": time.monotonic() - begun,
    "peakKiB": usage.ru_maxrss,
    "status": status,
}))
