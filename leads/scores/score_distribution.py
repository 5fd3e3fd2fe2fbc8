"""How many leads have which score, in ranges that each open their list."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Value, When
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.conditions.ranges import RANGE_SEPARATOR
from leads.models import Lead

WIDTH = 20
# The first range ends below 0, the last one is open.
RANGES: list[tuple[int | None, int | None]] = [
    (None, -1),
    (0, 0),
    *((start, start + WIDTH - 1) for start in range(1, 100, WIDTH)),
    (101, None),
]


@dataclass(frozen=True)
class ScoreRange:
    """`query` is that of its list. `width` is the length of its bar, in percent of that of the largest range."""

    label: str
    number: int
    query: str
    width: str


def build_score_ranges(viewer: User) -> list[ScoreRange]:
    """Of the open and closed leads that the viewer sees, outside Trash."""
    rows = Lead.objects.present().visible_to(viewer).order_by().values_list("score")
    counted = dict(rows.annotate(number=Count("pk")))
    numbers = [
        sum(
            number
            for score, number in counted.items()
            if (first is None or score >= first) and (last is None or score <= last)
        )
        for first, last in RANGES
    ]
    most = max(1, *numbers)
    return [
        ScoreRange(_describe(first, last), number, _build_query(first, last), f"{100 * number / most:.1f}")
        for (first, last), number in zip(RANGES, numbers, strict=True)
    ]


def build_range_expression(column: str) -> Case:
    """The place in RANGES of the score in this column."""
    found = [
        When(**{f"{column}__lte": last}, then=Value(place))
        for place, (_first, last) in enumerate(RANGES[:-1])
    ]
    return Case(*found, default=Value(len(RANGES) - 1), output_field=IntegerField())


def get_range_labels() -> dict[int, str]:
    """By the place in RANGES."""
    return {place: _describe(first, last) for place, (first, last) in enumerate(RANGES)}


def _describe(first: int | None, last: int | None) -> str:
    if first is None:
        return _("below 0")
    if last is None:
        return _("above 100")
    return str(first) if first == last else f"{first}–{last}"


def _build_query(first: int | None, last: int | None) -> str:
    ends = ("" if end is None else str(end) for end in (first, last))
    return urlencode({"score.between": RANGE_SEPARATOR.join(ends)})
