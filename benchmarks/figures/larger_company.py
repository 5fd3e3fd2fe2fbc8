"""`make bench LEADS=5000000`: how the figures of a larger company compare with those of a million leads."""

import statistics
from typing import Any

# A page may take this many times as long, a row of bulk changes, imports and exports this many times.
PAGES, ROWS = 1.5, 1.2
# Milliseconds. What is faster isn't listed.
NOTICED = 75


def lines(million: dict, larger: dict) -> list[str]:
    return [
        f"# {larger['leads']:,} leads",
        "",
        f"Measured by `make bench LEADS={larger['leads']}` on {larger['machine']}, compared with the figures of "
        f"{million['leads']:,} leads (docs/figures.md). Pages may take {PAGES} times as long, rows {ROWS} times.",
        *_pages(million["pages"], larger["pages"]),
        *_rows(million, larger),
        *_in_parts(larger.get("in_parts") or {}),
        *_sizes(larger.get("sizes") or {}, larger["leads"]),
        *_indexes(larger.get("indexes") or []),
    ]


def _pages(million: list[dict], larger: list[dict]) -> list[str]:
    before = {(figure["page"], figure["user"]): figure["p50"] for figure in million}
    pairs = [
        (figure, before[key], figure["p50"] / before[key])
        for figure in larger
        if (key := (figure["page"], figure["user"])) in before
    ]
    over = [pair for pair in pairs if pair[2] > PAGES]
    slow = sorted((pair for pair in over if pair[0]["p50"] > NOTICED), key=lambda pair: -pair[0]["p50"])
    ratios = [ratio for _figure, _before, ratio in pairs]
    median, median_before = (
        statistics.median(times) for times in zip(*((f["p50"], p50) for f, p50, _ratio in pairs), strict=True)
    )
    return [
        "",
        "## Pages",
        "",
        f"{len(pairs)} pages and sorts: the median of p50 is {median:.0f} ms, with a million leads {median_before:.0f} ms. In the "
        f"median, each takes {statistics.median(ratios):.2f} times as long, and {len(over)} of them more than {PAGES} times. Of "
        f"those, {len(slow)} take more than {NOTICED} ms:",
        "",
        "| page | who | p50 | with a million | ratio |",
        "|---|---|---:|---:|---:|",
        *(
            f"| {figure['page']} | {figure['user']} | {figure['p50']:.0f} | {p50:.0f} | {ratio:.2f} |"
            for figure, p50, ratio in slow
        ),
    ]


def _rows(million: dict, larger: dict) -> list[str]:
    if not {"bulk", "excel"} <= million.keys() & larger.keys():
        return []
    pairs: list[tuple[str, float, float]] = []
    for before, now in zip(million["bulk"]["sizes"], larger["bulk"]["sizes"], strict=True):
        rows = f"{now['rows']:,} leads"
        pairs.append((f"set VIP, {rows}", before["verb"] / before["rows"], now["verb"] / now["rows"]))
        pairs.append((f"undo it, {rows}", before["undo"] / before["rows"], now["undo"] / now["rows"]))
    before, now = million["excel"], larger["excel"]
    pairs.append(
        ("export", before["export"]["seconds"] / before["rows"], now["export"]["seconds"] / now["rows"])
    )
    for name, words in (("add", "import of new leads"), ("change", "import of changes")):
        for step in ("check", "apply", "undo"):
            values = [found[name][step] / found["rows"] for found in (before, now)]
            pairs.append((f"{words}: {step}", *values))
    return [
        "",
        "## Rows",
        "",
        "Microseconds per row.",
        "",
        "| what | per row | with a million | ratio |",
        "|---|---:|---:|---:|",
        *(
            f"| {words} | {1e6 * now:.0f} | {1e6 * before:.0f} | {now / before:.2f} |"
            for words, before, now in pairs
        ),
    ]


def _in_parts(found: dict[str, Any]) -> list[str]:
    if not found:
        return []
    return [
        "",
        "## A change in parts",
        "",
        f"VIP set on {found['rows']:,} leads: the set is frozen in {found['freeze']:.1f} s and previewed in "
        f"{found['preview']:.1f} s. {found['parts']['number']} parts take {found['parts']['all']:.0f} s, the median "
        f"{found['parts']['median']:.1f} s; the page of the operation {1000 * found['page']:.0f} ms; the undo "
        f"{found['undo']['all']:.0f} s. The process grew by {found['megabytes']} MB.",
    ]


def _sizes(found: dict[str, float], leads: int) -> list[str]:
    if not found:
        return []
    per_million = leads / 1e6
    return [
        "",
        "## Disk",
        "",
        "Gigabytes with indexes, and per million leads.",
        "",
        "| table | GB | per million |",
        "|---|---:|---:|",
        *(f"| {name} | {size:.1f} | {size / per_million:.2f} |" for name, size in found.items()),
    ]


def _indexes(found: list[dict[str, Any]]) -> list[str]:
    return [
        "",
        "## Indexes that no figure used",
        "",
        *(f"- `{one['index']}` on `{one['table']}`, {one['megabytes']} MB" for one in found),
        *([] if found else ["None."]),
    ]
