"""The parts of docs/figures.md about many rows: bulk changes, exports and imports, with their rows per second."""

from typing import Any


def lines(found: dict[str, Any]) -> list[str]:
    excel = found.get("excel") or {}
    return [
        *bulk_lines(found.get("bulk")),
        *in_parts_lines(found.get("in_parts")),
        *export_lines(excel),
        *import_lines(excel),
    ]


def bulk_lines(bulk: dict | None) -> list[str]:
    if not bulk:
        return []
    return [
        "",
        "## Set VIP on random leads",
        "",
        "The verb locks, judges, updates and records; the same UPDATE runs without triggers. Seconds; the page in milliseconds.",
        "",
        "| leads | UPDATE | the verb | ratio | rows per second | its undo | of the verb | page of the operation |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {size['rows']:,} | {size['bare']:.1f} | {size['verb']:.1f} | {size['verb'] / size['bare']:.2f} | "
            f"{size['rows'] / size['verb']:,.0f} | {size['undo']:.1f} | {size['undo'] / size['verb']:.2f} | "
            f"{1000 * size['page']:.0f} |"
            for size in bulk["sizes"]
        ),
    ]


def in_parts_lines(found: dict | None) -> list[str]:
    if not found:
        return []
    parts, undo = found["parts"], found["undo"]
    return [
        "",
        "## Set VIP in parts",
        "",
        f"{found['rows']:,} leads in {parts['number']} parts: {parts['all']:.0f} s, {found['rows'] / parts['all']:,.0f} rows "
        f"per second; the undo {undo['all']:.0f} s, {found['rows'] / undo['all']:,.0f} rows per second.",
    ]


def export_lines(found: dict) -> list[str]:
    if "export" not in found:
        return []
    out = found["export"]
    return [
        "",
        "## Exports",
        "",
        f"Exporting {out['columns']} columns of {found['rows']:,} leads over HTTP: first byte after "
        f"{out['first_byte']:.2f} s, last byte after {out['seconds']:.1f} s. XlsxWriter alone, with the values already in "
        f"memory: {out['xlsxwriter']:.1f} s. The web process grew by {out['megabytes']:.0f} MB.",
        "",
        *(size_line(f"{size['rows']:,} leads", size) for size in found["sizes"].values()),
        *(
            size_line(f"all {size['rows']:,} leads with {words} ({size['columns']})", size)
            for words, size in found.get("whole", {}).items()
        ),
    ]


def size_line(words: str, size: dict) -> str:
    return (
        f"- Exporting {words}: {size['seconds']:.1f} s, {size['rate']:,.0f} rows per second; the web process and the "
        f"worker grew by {size['megabytes']:.0f} MB."
    )


def import_lines(found: dict) -> list[str]:
    if "add" not in found:
        return []
    beside = found["beside"]
    both = [(found[name], words) for name, words in IMPORTS.items()]
    return [
        "",
        "## Imports",
        "",
        f"Files of {found['rows']:,} rows.",
        "",
        "| import | calamine and COPY, without triggers | with the triggers | read and check | apply | undo | memory |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(import_line(words, times) for times, words in both),
        "",
        "| import | read and check | apply | undo |",
        "|---|---:|---:|---:|",
        *(import_rates(words, times, found["rows"]) for times, words in both),
        "",
        f"First page of the list while a worker applies {found['rows']:,} rows: p50 {beside['busy']:.0f} ms, p95 "
        f"{beside['busy_p95']:.0f} ms; when idle, p50 {beside['quiet']:.0f} ms, p95 {beside['quiet_p95']:.0f} ms.",
    ]


IMPORTS = {"add": "12 columns, all new", "change": "one cell changed per row"}


def import_line(words: str, times: dict) -> str:
    plan = times["read"] + times["check"]
    seconds = [times["bare"], times["copy"], plan, times["apply"], times["undo"]]
    return (
        f"| {words} | {' | '.join(f'{number:.1f} s' for number in seconds)} | {times['megabytes']:.0f} MB |"
    )


def import_rates(words: str, times: dict, rows: int) -> str:
    steps = (times["read"] + times["check"], times["apply"], times["undo"])
    return f"| {words} | {' | '.join(f'{rows / seconds:,.0f} rows per second' for seconds in steps)} |"
