"""The part of docs/figures.md about the APIs."""


def lines(small: dict, large: dict) -> list[str]:
    """The Markdown lines."""
    before = {(row["call"], row["user"]): row["p50"] for row in small["calls"]}
    found = ["", "## The APIs", "", "| call | who | p50 | p95 | queries |", "|---|---|---:|---:|---:|"]
    for row in large["calls"]:
        other = before[row["call"], row["user"]]
        found.append(
            f"| {row['call']} | {row['user']} | {row['p50']:.1f} ({other:.1f}) | {row['p95']:.1f} | {row['queries']} |"
        )
    if "whole" not in large:
        return found
    whole, many = large["whole"], large["many"]
    return [
        *found,
        "",
        f"All {whole['rows']:,} leads as one array: first byte after {whole['first_byte']:.2f} s, {whole['size']:,.0f} MB "
        f"in {whole['seconds']:.0f} s; the web process grew by {whole['megabytes']:.0f} MB. A page of 50 at the same "
        f"time: p95 {whole['busy_p95']:.0f} ms; when idle, {whole['quiet_p95']:.0f} ms.",
        "",
        f"{many['programs']} programs for {many['seconds']} s, with a third of their calls creating leads: {many['rate']:.0f} "
        f"calls per second, p50 {many['p50']:.0f} ms, p95 {many['p95']:.0f} ms, {many['failures']} failures.",
    ]
