"""What a process that reads from outside has: little memory and time, and no files."""

import subprocess
import sys

from crm.platform.configuration.environment import ROOT

CODE = """
import resource
from crm.platform.server.process_limits import limit_this_process
limit_this_process(400_000_000, 7)
for name in ("DATA", "CPU", "CORE", "FSIZE"):
    print(name, *resource.getrlimit(getattr(resource, f"RLIMIT_{name}")))
"""


def test_a_process_that_reads_from_outside_has_little_memory_and_time_and_writes_nothing():
    words = [sys.executable, "-c", CODE]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.splitlines() == ["DATA 400000000 400000000", "CPU 7 7", "CORE 0 0", "FSIZE 0 0"]
