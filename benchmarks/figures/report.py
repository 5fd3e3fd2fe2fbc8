"""docs/figures.md: a section for each part. Parts that weren't measured keep the sections that the file has."""

import statistics
from collections.abc import Collection

from benchmarks.figures import api_figures, breadth_figures, report_figures, row_figures

COMPARED = "Compared with the last figures"
# The headings after the comparison in their order, each with the part that it belongs to.
SECTIONS = {
    "Pages": "pages",
    "Sorted by each column, in both directions": "pages",
    "Set VIP on random leads": "bulk",
    "Set VIP in parts": "in_parts",
    "Exports": "export",
    "Imports": "import",
    "The APIs": "api",
    "Custom fields": "custom",
    "Activities and tasks": "activities",
    "Reports": "reports",
}


def report(small: dict, large: dict, measured: Collection[str], last: str, differences: list[str]) -> str:
    """`measured` are the parts, `last` is the text of the file as it is, and `differences` what the comparison says."""
    kept, new = sections_of(last.splitlines()), sections_of(_lines(small, large))
    lines = [
        "# Figures",
        "",
        f"Measured by `make bench` on {large['machine']}. Milliseconds of server time, warm, one request at a time; "
        f"{large['leads']:,} leads, {small['leads']:,} in parentheses.",
        "",
        f"## {COMPARED}",
        "",
        *differences,
    ]
    for heading, part in SECTIONS.items():
        section = new.get(heading) if part in measured else kept.get(heading)
        if section:
            lines += ["", f"## {heading}", "", *section]
    return "\n".join(lines) + "\n"


def sections_of(lines: list[str]) -> dict[str, list[str]]:
    """The lines below each heading, without the empty ones around them."""
    found: dict[str, list[str]] = {}
    section: list[str] | None = None
    for line in lines:
        if line.startswith("## "):
            section = found.setdefault(line.removeprefix("## "), [])
        elif section is not None and (line or section):
            section.append(line)
    for section in found.values():
        while section and not section[-1]:
            section.pop()
    return found


def _lines(small: dict, large: dict) -> list[str]:
    """All that is known, with headings."""
    lines = []
    if "pages" in small and "pages" in large:
        lines += _page_lines(small["pages"], large["pages"])
    lines += row_figures.lines(large)
    if "api" in small and "api" in large:
        lines += api_figures.lines(small["api"], large["api"])
    return [*lines, *breadth_figures.lines(large), *report_figures.lines(large.get("reports"))]


def _page_lines(small: list[dict], large: list[dict]) -> list[str]:
    before = {(figure["page"], figure["user"]): figure for figure in small}
    lines = ["", "## Pages", "", "| page | who | p50 | p95 | queries |", "|---|---|---:|---:|---:|"]
    for figure in large:
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
    for user in dict.fromkeys(figure["user"] for figure in large):
        sorts = [figure for figure in large if figure["user"] == user and figure["page"].startswith("sorted")]
        others = [before[figure["page"], user]["p50"] for figure in sorts]
        slowest = sorted(sorts, key=lambda figure: -figure["p50"])[:3]
        names = ", ".join(
            f"{figure['page'].removeprefix('sorted by ')} {figure['p50']:.0f}" for figure in slowest
        )
        median = statistics.median(figure["p50"] for figure in sorts)
        most = max(figure["queries"] for figure in sorts)
        lines.append(f"| {user} | {median:.0f} ({statistics.median(others):.0f}) | {names} | {most} |")
    return lines
