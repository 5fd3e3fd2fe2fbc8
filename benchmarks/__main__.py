"""`python -m benchmarks`: both sizes, each in its own process and database, then docs/figures.md and the README.

`--small` and `--large` are numbers of leads; their databases are kept for the next run. `--parts pages,export` measures
only these parts again. `--beyond` measures one more size and compares it with the large one in docs/figures_beyond.md.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from contextlib import nullcontext

from benchmarks import api_report, beyond, breadth_report, reports_report, summary
from benchmarks.run import PARTS
from crm.server.database import server_of
from crm.server.environment import ROOT, read_environment

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
        text = "\n".join(beyond.lines(million, measured(options.beyond, options))) + "\n"
        (ROOT / "docs" / "figures_beyond.md").write_text(text)
        print(text)
        return
    results = [measured(size, options) for size in (options.small, options.large)]
    text = report(*results)
    (ROOT / "docs" / "figures.md").write_text(text)
    summary.write_into(ROOT / "README.md", summary.lines(*results))
    print(text)


def measured(leads: int, options: argparse.Namespace) -> dict:
    folder = FOLDER / str(leads)
    folder.mkdir(parents=True, exist_ok=True)
    into = folder / "result.json"
    os.environ["LEADWELL_DATA"] = str(folder)
    server = server_of(read_environment())
    with server.used(stop=True) if server else nullcontext():
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


def report(small: dict, large: dict) -> str:
    before = {(figure["page"], figure["user"]): figure for figure in small["pages"]}
    lines = [
        "# Figures",
        "",
        f"Measured by `make bench` on {large['machine']}. Milliseconds of server time, warm, one request at a time; "
        f"{large['leads']:,} leads, {small['leads']:,} in parentheses.",
        "",
        "## Pages",
        "",
        "| page | who | p50 | p95 | queries |",
        "|---|---|---:|---:|---:|",
    ]
    for figure in large["pages"]:
        if figure["page"].startswith("sorted"):
            continue
        other = before[figure["page"], figure["user"]]
        lines.append(
            f"| {figure['page']} | {figure['user']} | {figure['p50']:.0f} ({other['p50']:.0f}) | "
            f"{figure['p95']:.0f} ({other['p95']:.0f}) | {figure['queries']} |"
        )
    lines += [
        "",
        "## Sorted by each column, in both directions",
        "",
        "| who | median | slowest three | queries |",
        "|---|---:|---|---:|",
    ]
    for user in dict.fromkeys(figure["user"] for figure in large["pages"]):
        sorts = [
            figure
            for figure in large["pages"]
            if figure["user"] == user and figure["page"].startswith("sorted")
        ]
        others = [before[figure["page"], user]["p50"] for figure in sorts]
        slowest = sorted(sorts, key=lambda figure: -figure["p50"])[:3]
        names = ", ".join(
            f"{figure['page'].removeprefix('sorted by ')} {figure['p50']:.0f}" for figure in slowest
        )
        median = statistics.median(figure["p50"] for figure in sorts)
        most = max(figure["queries"] for figure in sorts)
        lines.append(f"| {user} | {median:.0f} ({statistics.median(others):.0f}) | {names} | {most} |")
    lines += bulk_lines(large.get("bulk"))
    lines += export_lines(large.get("excel") or {})
    lines += import_lines(large.get("excel") or {})
    if "api" in small and "api" in large:
        lines += api_report.lines(small["api"], large["api"])
    lines += breadth_report.lines(large)
    lines += reports_report.lines(large.get("reports"))
    return "\n".join(lines) + "\n"


def bulk_lines(bulk: dict | None) -> list[str]:
    if not bulk:
        return []
    return [
        "",
        "## Set VIP on random leads",
        "",
        "The verb locks, judges, updates and records; the same UPDATE runs without triggers. Seconds; the page in milliseconds.",
        "",
        "| leads | UPDATE | the verb | ratio | its undo | of the verb | page of the operation |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {size['rows']:,} | {size['bare']:.1f} | {size['verb']:.1f} | {size['verb'] / size['bare']:.2f} | "
            f"{size['undo']:.1f} | {size['undo'] / size['verb']:.2f} | {1000 * size['page']:.0f} |"
            for size in bulk["sizes"]
        ),
    ]


def export_lines(found: dict) -> list[str]:
    if "export" not in found:
        return []
    out = found["export"]
    return [
        "",
        f"## Excel, {found['rows']:,} leads",
        "",
        f"Exporting {out['columns']} columns over HTTP: first byte after {out['first_byte']:.2f} s, last byte after "
        f"{out['seconds']:.1f} s. XlsxWriter alone, with the values already in memory: {out['xlsxwriter']:.1f} s. "
        f"The web process grew by {out['megabytes']:.0f} MB.",
        "",
        *(size_line(size) for size in found["sizes"].values()),
    ]


def import_lines(found: dict) -> list[str]:
    if "add" not in found:
        return []
    beside = found["beside"]
    return [
        "",
        "| import | calamine and COPY, without triggers | with the triggers | read and check | apply | undo | memory |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(
            import_line(words, found[name])
            for name, words in (("add", "12 columns, all new"), ("change", "one cell changed per row"))
        ),
        "",
        f"First page of the list while a worker applies {found['rows']:,} rows: p50 {beside['busy']:.0f} ms, p95 "
        f"{beside['busy_p95']:.0f} ms; when idle, p50 {beside['quiet']:.0f} ms, p95 {beside['quiet_p95']:.0f} ms.",
    ]


def size_line(size: dict) -> str:
    return (
        f"- Exporting {size['rows']:,} leads: {size['seconds']:.1f} s, {size['rate']:,.0f} rows per second; the web "
        f"process and the worker grew by {size['megabytes']:.0f} MB."
    )


def import_line(words: str, times: dict) -> str:
    plan = times["read"] + times["check"]
    seconds = [times["bare"], times["copy"], plan, times["apply"], times["undo"]]
    return (
        f"| {words} | {' | '.join(f'{number:.1f} s' for number in seconds)} | {times['megabytes']:.0f} MB |"
    )


if __name__ == "__main__":
    main()
