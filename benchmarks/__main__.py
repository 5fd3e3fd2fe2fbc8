"""`python -m benchmarks`: both sizes, each in its own process and database, then docs/figures.md and the README.

`--small` and `--large` are numbers of leads; their databases are kept for the next run. `--parts pages,export` measures
only these parts again. The medians and rates are kept in docs/figures.json, and those of the last commit say what became
slower. `--beyond` measures one more size and compares it with the large one in docs/figures_beyond.md.
"""

import argparse
import json
import os
import subprocess
import sys
from contextlib import nullcontext

from benchmarks.figures import comparison, larger_company, medians, readme_summary
from benchmarks.figures.report import report
from benchmarks.run import PARTS
from crm.platform.configuration.environment import ROOT, read_environment
from crm.platform.database.connection_settings import get_embedded_server

FOLDER = ROOT / "var" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--parts", default=PARTS)
    parser.add_argument("--beyond", type=int, default=0)
    options = parser.parse_args()
    if options.beyond:
        kept = FOLDER / str(options.large) / "result.json"
        million = json.loads(kept.read_text()) if kept.exists() else measured(options.large, options)
        text = "\n".join(larger_company.lines(million, measured(options.beyond, options))) + "\n"
        (ROOT / "docs" / "figures_beyond.md").write_text(text)
        print(text)
        return
    results = [measured(size, options) for size in (options.small, options.large)]
    now = medians.medians_of(results[-1], options.parts.split(","))
    differences = comparison.lines(medians.committed(), now)
    figures = ROOT / "docs" / "figures.md"
    figures.write_text(report(*results, now, figures.read_text(), differences))
    medians.keep(now)
    # Without pages, these are figures of single parts in a new checkout.
    if all("pages" in result for result in results):
        readme_summary.write_into(ROOT / "README.md", readme_summary.lines(*results))
    print(figures.read_text())
    print("\n".join(differences))


def measured(leads: int, options: argparse.Namespace) -> dict:
    folder = FOLDER / str(leads)
    folder.mkdir(parents=True, exist_ok=True)
    into = folder / "result.json"
    os.environ["LEADWELL_DATA"] = str(folder)
    server = get_embedded_server(read_environment())
    with server.keep_running(stop=True) if server else nullcontext():
        command = [
            sys.executable,
            "-m",
            "benchmarks.run",
            "--leads",
            str(leads),
            "--rounds",
            str(options.rounds),
        ]
        command += ["--parts", options.parts]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "crm.settings"}
        subprocess.run([*command, "--into", str(into)], check=True, cwd=ROOT, env=environment)
    return json.loads(into.read_text())


if __name__ == "__main__":
    main()
