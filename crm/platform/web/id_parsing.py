"""IDs and other numbers that come as text from URLs and forms: read in one place, with one limit, and never an error."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model, QuerySet

# The largest number that a row can have.
LARGEST_ID = 2**63 - 1


def parse_number(text: str, *, most: int = LARGEST_ID) -> int | None:
    """The number in a text of digits only; None for anything else and for more than `most`."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 19:
        return None
    number = int(text)
    return number if number <= most else None


def parse_ids(texts: Iterable[str]) -> list[int]:
    """The numbers among some texts, without those that no row can have."""
    return [number for text in texts if (number := parse_number(text)) is not None]


def get_newest_page(rows: QuerySet, data: Mapping[str, str], size: int) -> tuple[list[Any], int | None]:
    """One page of rows, newest first, after the one named in `?before=`; and the id for the next page, or None."""
    before = parse_number(data.get("before", ""))
    rows = rows.order_by("-pk") if before is None else rows.filter(pk__lt=before).order_by("-pk")
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def get_id_or_value(value: Any) -> Any:
    """The ID of a row; any other value, such as an ID, as it is."""
    return value.pk if isinstance(value, Model) else value
