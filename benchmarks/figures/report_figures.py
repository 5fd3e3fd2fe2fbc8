"""The part of docs/figures.md about reports."""

COUNTED, KEPT = "counted", "kept"


def lines(figures: list[dict] | None) -> list[str]:
    if not figures:
        return []
    found = {(figure["page"], figure["user"]): figure for figure in figures}
    rows = [
        "",
        "## Reports",
        "",
        "The first reader waits until the numbers are counted. Pages that took longer than a quarter of a second keep them, "
        "and the worker counts them again.",
        "",
        "| report | who sees | counted | read again: p50 | p95 | queries |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for page, who in found:
        name, _comma, way = page.rpartition(", ")
        if way == COUNTED:
            again = found[f"{name}, {KEPT}", who]
            rows.append(
                f"| {name} | {who} | {found[page, who]['p50']:.0f} | {again['p50']:.0f} | {again['p95']:.0f} | {again['queries']} |"
            )
    return rows
