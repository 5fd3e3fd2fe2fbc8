"""The parts of docs/figures.md about custom fields, activities and tasks."""

import statistics


def lines(found: dict) -> list[str]:
    return [*custom_lines(found.get("custom")), *activity_lines(found.get("activities"))]


def custom_lines(custom: dict | None) -> list[str]:
    if not custom:
        return []
    wide, retype = custom["import"], custom["retype"]
    return [
        "",
        "## Custom fields",
        "",
        "38 fields, ten of them filled in two of three leads, three of them quick, one a formula; their indexes took "
        f"{custom['indexed']:.1f} s to make.",
        "",
        *_pages(custom["pages"]),
        "",
        f"An import of 100,000 new leads with 37 columns: read {wide['read']:.1f} s, check {wide['check']:.1f} s, apply "
        f"{wide['apply']:.1f} s, undo {wide['undo']:.1f} s, {wide['megabytes']:.0f} MB.",
        "",
        f"A text with {retype['values']:,} values becomes a long text: check {retype['check']:.1f} s, change "
        f"{retype['change']:.1f} s, undo {retype['undo']:.1f} s, {retype['megabytes']:.0f} MB.",
    ]


def activity_lines(found: dict | None) -> list[str]:
    if not found:
        return []
    bulk = found["bulk"]
    return [
        "",
        "## Activities and tasks",
        "",
        f"With {found['activities']:,} activities and {found['tasks']:,} tasks.",
        "",
        *_pages(found["pages"]),
        "",
        f"A call logged on {bulk['rows']:,} leads: {bulk['seconds']:.1f} s, undo {bulk['undo']:.1f} s.",
    ]


def _pages(figures: list[dict]) -> list[str]:
    """Each page with the median user and the slowest one."""
    rows = ["| page | p50, median user | p50, slowest user | p95, slowest user | most queries |"]
    rows.append("|---|---:|---:|---:|---:|")
    for name in dict.fromkeys(figure["page"] for figure in figures):
        same = [figure for figure in figures if figure["page"] == name]
        middle = statistics.median(figure["p50"] for figure in same)
        slowest, late = max(figure["p50"] for figure in same), max(figure["p95"] for figure in same)
        most = max(figure["queries"] for figure in same)
        rows.append(f"| {name} | {middle:.0f} | {slowest:.0f} | {late:.0f} | {most} |")
    return rows
