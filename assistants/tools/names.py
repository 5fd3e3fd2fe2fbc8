"""Names of statuses, sources, users and so on in arguments, which become ids: a model knows "Qualified" and not 5."""

from collections.abc import Mapping
from typing import Any

from assistants.tools.tool import ToolCall, ToolRefused

MOST_NAMES = 30
# The call of API v2 that lists the values of a field, by field; some differ by record type.
LISTS = {
    "source": "sources",
    "status": "statuses",
    "pipeline": "pipelines",
    "lost_reason": "lost-reasons",
    "reason": "lost-reasons",
    "tags": "tags",
    "owner": "users",
    "user": "users",
    "department": "departments",
    "booking_page": "booking-pages",
}
OF_TYPE = {("deal", "status"): "deal-stages", ("deal", "pipeline"): "deal-pipelines"}
# What filters and forms take beside ids.
WORDS = {"me", "none", "team", "on", "any", ""}
# Types whose status is no row of a table.
PLAIN = {("request", "status"), ("company", "status"), ("contact", "status")}


def get_list_call(type: str, name: str) -> str | None:
    """The call that lists the values of this field of a record type; None for a field without one."""
    if (type, name) in PLAIN:
        return None
    return OF_TYPE.get((type, name)) or LISTS.get(name)


def resolve_names(call: ToolCall, type: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with ids in place of names. Raises ToolRefused with what there is for a name that isn't known."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        listed = get_list_call(type, name.removeprefix("any."))
        if listed is None:
            found[name] = value
        elif isinstance(value, list):
            found[name] = [_resolve(call, listed, name, part) for part in value]
        else:
            found[name] = _resolve(call, listed, name, value)
    return found


def _resolve(call: ToolCall, listed: str, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.casefold() in WORDS or text.isdecimal():
        return text.casefold()
    rows = read_rows(call, listed)
    fits = [
        row for row in rows if text.casefold() in (row["name"].casefold(), row.get("email", "").casefold())
    ]
    # One that is still in use comes before others of the same name.
    fits = [row for row in fits if _is_in_use(row)] or fits
    if len(fits) == 1:
        return fits[0]["id"]
    if fits:
        ids = ", ".join(str(row["id"]) for row in fits)
        raise ToolRefused(f"There are several called {text[:60]!r} for {name}: send one of the ids {ids}.")
    known = [row["name"] for row in rows if _is_in_use(row)]
    more = f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else ""
    raise ToolRefused(
        f"{name} has no value called {text[:60]!r}. There are: {', '.join(known[:MOST_NAMES])}{more}."
    )


def _is_in_use(row: dict[str, Any]) -> bool:
    return row.get("active", True) and not row.get("retired", False)


def read_rows(call: ToolCall, listed: str) -> list[dict[str, Any]]:
    """The rows of a small table, as far as the user sees it."""
    answer = call.api("GET", listed)
    return next(iter(answer.values()))
