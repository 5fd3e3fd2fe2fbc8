"""Values of JSON that comes from elsewhere: what isn't of the expected kind counts as empty."""

from datetime import MAXYEAR, UTC, datetime
from typing import Any


def get_text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return value.replace("\0", "") if isinstance(value, str) else ""


def get_object(values: dict[str, Any], name: str) -> dict[str, Any]:
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def get_list(values: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in a list."""
    value = values.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def parse_moment(text: str) -> datetime | None:
    """With an offset, as RFC 3339 has it; in UTC, without fractions of a second. Those at the ends of time can't be converted."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    within = 1 < moment.year < MAXYEAR
    return moment.astimezone(UTC).replace(microsecond=0) if moment.tzinfo and within else None
