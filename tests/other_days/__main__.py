"""Run a command on another day: `python -m tests.other_days new_year COMMAND …`; `night` is another one each night."""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tests.other_days.days import DAYS, TIME_ZONE, get_name_for_night, get_next_moment

SOURCE = Path(__file__).with_name("clock_shift.c")


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.other_days", description=__doc__)
    parser.add_argument("day", choices=["night", *DAYS])
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    now = datetime.now(TIME_ZONE)
    name = get_name_for_night(now.date()) if given.day == "night" else given.day
    moment = get_next_moment(name, now.date())
    sys.stdout.write(f"The tests begin on {moment:%A %d %B %Y at %H:%M} ({name}).\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        # PostgreSQL runs as another user, who loads it too.
        Path(folder).chmod(0o755)
        library = Path(folder, "clock_shift.so")
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
        clock = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(round((moment - now).total_seconds()))}
        return subprocess.run(given.command, env={**os.environ, **clock}).returncode


if __name__ == "__main__":
    sys.exit(main())
