"""Reading bytes from outside in a process of its own: what takes too long or too much memory there ends that process only.

The process is a module of ours that limits itself. It gets one JSON line with what is asked and the sizes, and then the texts.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings


def run_reading_process(
    module: str, asked: Mapping[str, Any], texts: Sequence[bytes], seconds: float
) -> bytes:
    """What the process said until it ended, or was killed after so many seconds."""
    first = json.dumps({**asked, "sizes": [len(raw) for raw in texts]}).encode()
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    )
    with process:
        try:
            return process.communicate(b"".join([first, b"\n", *texts]), timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            return process.communicate()[0]
        finally:
            process.kill()


def parse_answer(line: bytes) -> Any:
    """None for an incomplete line: the process was killed while it wrote it."""
    try:
        return json.loads(line)
    except ValueError:
        return None
