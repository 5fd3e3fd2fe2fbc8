"""The figures that are kept in docs/figures.json and compared with the next ones: medians of pages, and rows per second."""

import json
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.figures.comparison import MILLISECONDS, RATES
from crm.platform.configuration.environment import ROOT

PLACE = Path("docs") / "figures.json"

Units = dict[str, dict[str, float]]


def committed() -> dict[str, Any]:
    """The figures of the last commit; those of the checkout if there is no git."""
    found = subprocess.run(
        ["git", "show", f"HEAD:{PLACE}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return json.loads(found.stdout) if found.returncode == 0 else here()


def here() -> dict[str, Any]:
    place = ROOT / PLACE
    return json.loads(place.read_text()) if place.exists() else {}


def keep(now: dict[str, Any]) -> None:
    """Parts that weren't measured keep the figures that they have."""
    (ROOT / PLACE).write_text(json.dumps(here() | now, indent=1, ensure_ascii=False) + "\n")


def medians_of(result: dict[str, Any], parts: list[str]) -> dict[str, Any]:
    """The figures of these parts, as far as they were measured with so many leads."""
    about = {"leads": result["leads"], "machine": result["machine"]}
    found = {part: PARTS[part](result) for part in parts if part in PARTS}
    return {part: about | units for part, units in found.items() if any(units.values())}


def _pages(result: dict) -> Units:
    """The pages by user, and of the sorts of each user the median and the slowest one."""
    figures = result.get("pages", [])
    found = {
        f"{figure['page']}, {figure['user']}": _rounded(figure["p50"])
        for figure in figures
        if not figure["page"].startswith("sorted")
    }
    for user in dict.fromkeys(figure["user"] for figure in figures):
        sorts = [
            figure["p50"]
            for figure in figures
            if figure["user"] == user and figure["page"].startswith("sorted")
        ]
        if sorts:
            found[f"sorted by any column, {user}"] = _rounded(statistics.median(sorts))
            found[f"sorted by the slowest column, {user}"] = _rounded(max(sorts))
    return {MILLISECONDS: found}


def _bulk(result: dict) -> Units:
    rates = {}
    for size in result.get("bulk", {}).get("sizes", []):
        rates[f"VIP on {size['rows']:,} leads"] = _rate(size["rows"], size["verb"])
        rates[f"undo of VIP on {size['rows']:,} leads"] = _rate(size["rows"], size["undo"])
    return {RATES: rates}


def _export(result: dict) -> Units:
    found = result.get("excel", {})
    rates = {}
    if "export" in found:
        rates["export of 100,000 leads"] = _rate(found["rows"], found["export"]["seconds"])
    for size in found.get("sizes", {}).values():
        rates[f"export of {size['rows']:,} leads"] = round(size["rate"])
    for words, size in found.get("whole", {}).items():
        rates[f"export of all leads with {words}"] = round(size["rate"])
    return {RATES: rates}


def _import(result: dict) -> Units:
    found = result.get("excel", {})
    rates = {}
    for name, words in (("add", "new leads"), ("change", "one cell changed per lead")):
        if name in found:
            times = found[name]
            plan = times["read"] + times["check"]
            rates[f"import of {words}: read and check"] = _rate(found["rows"], plan)
            rates[f"import of {words}: apply"] = _rate(found["rows"], times["apply"])
            rates[f"import of {words}: undo"] = _rate(found["rows"], times["undo"])
    return {RATES: rates}


def _api(result: dict) -> Units:
    found = result.get("api", {})
    calls = {f"{row['call']}, {row['user']}": _rounded(row["p50"]) for row in found.get("calls", [])}
    whole = found.get("whole")
    rates = {"all leads as one array": _rate(whole["rows"], whole["seconds"])} if whole else {}
    return {MILLISECONDS: calls, RATES: rates}


def _custom(result: dict) -> Units:
    found = result.get("custom") or {}
    rates = {}
    if "import" in found:
        plan = found["import"]["read"] + found["import"]["check"]
        rates["import of 37 columns: read and check"] = _rate(100_000, plan)
        rates["import of 37 columns: apply"] = _rate(100_000, found["import"]["apply"])
    return {MILLISECONDS: _median_users(found.get("pages", []), "custom fields: "), RATES: rates}


def _activities(result: dict) -> Units:
    found = result.get("activities") or {}
    bulk = found.get("bulk")
    rates = {"a call logged on many leads": _rate(bulk["rows"], bulk["seconds"])} if bulk else {}
    return {MILLISECONDS: _median_users(found.get("pages", []), "activities: "), RATES: rates}


def _reports(result: dict) -> Units:
    found = result.get("reports") or []
    return {
        MILLISECONDS: {
            f"report: {figure['page']}, {figure['user']}": _rounded(figure["p50"]) for figure in found
        }
    }


def _in_parts(result: dict) -> Units:
    found = result.get("in_parts")
    if not found:
        return {}
    return {
        RATES: {
            "VIP in parts": _rate(found["rows"], found["parts"]["all"]),
            "undo of VIP in parts": _rate(found["rows"], found["undo"]["all"]),
        }
    }


PARTS: dict[str, Callable[[dict], Units]] = {
    "pages": _pages,
    "bulk": _bulk,
    "export": _export,
    "import": _import,
    "api": _api,
    "custom": _custom,
    "activities": _activities,
    "reports": _reports,
    "in_parts": _in_parts,
}


def _median_users(figures: list[dict], start: str) -> dict[str, float]:
    """The median and the slowest user of each page."""
    found = {}
    for page in dict.fromkeys(figure["page"] for figure in figures):
        same = [figure["p50"] for figure in figures if figure["page"] == page]
        found[f"{start}{page}, median user"] = _rounded(statistics.median(same))
        found[f"{start}{page}, slowest user"] = _rounded(max(same))
    return found


def _rate(rows: float, seconds: float) -> float:
    return round(rows / seconds) if seconds else 0


def _rounded(number: float) -> float:
    return round(number, 1)
