"""The short table in the README: the median and the slowest user for each kind of page."""

import re
from pathlib import Path

# The size of a bulk change in the README.
ROWS = 100_000

BEGIN, END = "<!-- figures: `make bench` writes this table -->", "<!-- end of figures -->"
# The start of the page names behind each row of the table.
KINDS = {
    "the emptiest page": "the emptiest page",
    "first page": "first page",
    "next page": "next page",
    "deep page": "deep page",
    "last page": "last page",
    "filtered": "filter:",
    "sorted by any column": "sorted by",
    "searched: a rare word": "search: a rare",
    "searched: a common word": "search: a common",
    "searched: two words inside names": "search: two words",
    "a condition on a field": "condition",
    "searched: no match": "search: no match",
    "lead page": "lead page",
}


def lines(small: dict, large: dict) -> list[str]:
    """Markdown; the median user's p50, the slowest user's p50 and p95, and the most queries, of each kind."""
    users = len({figure["user"] for figure in large["pages"]})
    found = [
        f"Milliseconds of server time with {large['leads']:,} leads ({small['leads']:,} in parentheses), for {users} users "
        f"covering every scope, one request at a time, on {large['machine']}. All figures: [docs/figures.md](docs/figures.md).",
        "",
        "| page | p50, median user | p50, slowest user | p95, slowest user | most queries |",
        "|---|---:|---:|---:|---:|",
    ]
    for words, start in KINDS.items():
        much, little = (
            [figure for figure in result["pages"] if figure["page"].startswith(start)]
            for result in (large, small)
        )
        if much:
            middle = sorted(figure["p50"] for figure in much)[len(much) // 2]
            before = sorted(figure["p50"] for figure in little)[len(little) // 2]
            found.append(
                f"| {words} | {middle:.0f} ({before:.0f}) | {max(figure['p50'] for figure in much):.0f} | "
                f"{max(figure['p95'] for figure in much):.0f} | {max(figure['queries'] for figure in much)} |"
            )
    return [*found, *bulk(large.get("bulk")), *excel(large.get("excel") or {})]


def bulk(figures: dict | None) -> list[str]:
    if not figures:
        return []
    size = next(size for size in figures["sizes"] if size["rows"] == ROWS)
    return [
        "",
        f"Set VIP on {size['rows']:,} leads: {size['verb']:.1f} s with history and versions; the same UPDATE "
        f"without triggers: {size['bare']:.1f} s; undo: {size['undo']:.1f} s.",
    ]


def excel(figures: dict) -> list[str]:
    if "export" not in figures:
        return []
    out = figures["export"]
    return [
        "",
        f"Exporting {figures['rows']:,} leads with {out['columns']} columns over HTTP: first byte after "
        f"{out['first_byte']:.2f} s, last byte after {out['seconds']:.1f} s; the web process grows by "
        f"{out['megabytes']:.0f} MB. XlsxWriter alone, with the values in memory: {out['xlsxwriter']:.1f} s.",
    ]


def write_into(readme: Path, found: list[str]) -> None:
    text = readme.read_text()
    block = "\n".join([BEGIN, *found, END])
    readme.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _match: block, text, flags=re.S))
