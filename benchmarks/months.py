"""`python -m benchmarks.months`: what the history by month costs, for the table in docs/scaling/design/months.md ("Figures").

The same changes of 64 months are kept in a plain table, in joined years and in months, and the three take turns in the place of
`crm_change`. What is measured is the CPU time of the database's own process, so other work on the machine hardly counts.
"""

import argparse
import os
from contextlib import nullcontext

from crm.platform.configuration.environment import ROOT, read_environment
from crm.platform.database.connection_settings import get_embedded_server

FOLDER = ROOT / "var" / "bench" / "months"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=10, help="how often each of the three has its turn")
    parser.add_argument("--rounds", type=int, default=20, help="requests of each page in one turn")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ |= {"LEADWELL_DATA": str(FOLDER), "DJANGO_SETTINGS_MODULE": "crm.settings"}
    server = get_embedded_server(read_environment())
    with server.keep_running(stop=True) if server else nullcontext():
        import django

        django.setup()
        from benchmarks import measure
        from benchmarks.history_by_month import layouts, measurement

        layouts.make(options.leads)
        print(measure.machine())
        print("\n".join(measurement.lines(options.turns, options.rounds)))


if __name__ == "__main__":
    main()
