"""The month of a page of goals, as its URL names it: 2026-11."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

EARLIEST = date(2000, 1, 1)
# Goals are set for at most so many months before and after this one.
PAST, AHEAD = 12, 24


@dataclass(frozen=True)
class Month:
    """`first` is its first day. Whether it is over is asked on the reader's clock."""

    first: date

    @property
    def last(self) -> date:
        return self.shift(1).first - timedelta(1)

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def title(self) -> str:
        return date_format(self.first, "F Y")

    @property
    def is_current(self) -> bool:
        return self == get_current_month()

    @property
    def is_over(self) -> bool:
        return self.first < get_current_month().first

    @property
    def previous(self) -> "Month | None":
        return self.shift(-1) if self.first > EARLIEST else None

    @property
    def next(self) -> "Month | None":
        return self.shift(1) if self.first < get_latest_month() else None

    def shift(self, months: int) -> "Month":
        number = self.first.year * 12 + self.first.month - 1 + months
        return Month(date(number // 12, number % 12 + 1, 1))


def get_current_month() -> Month:
    return Month(timezone.localdate().replace(day=1))


def get_latest_month() -> date:
    return get_current_month().shift(AHEAD).first


def can_have_goals(month: date) -> bool:
    return get_current_month().shift(-PAST).first <= month <= get_latest_month()


def get_allowed_months_sentence() -> str:
    ends = {"first": get_current_month().shift(-PAST).title, "last": get_current_month().shift(AHEAD).title}
    return _("Enter a month from %(first)s to %(last)s.") % ends


def parse_month(data: Mapping[str, str]) -> tuple[Month, list[str]]:
    """That of a URL, else this one, and what is wrong with it, in sentences."""
    text = data.get("month", "")
    if not text:
        return get_current_month(), []
    try:
        first = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no time zone
    except ValueError:
        return get_current_month(), [_("Enter a month like 2026-11.")]
    if not EARLIEST <= first <= get_latest_month():
        ends = {"first": Month(EARLIEST).title, "last": Month(get_latest_month()).title}
        return get_current_month(), [_("Enter a month from %(first)s to %(last)s.") % ends]
    return Month(first), []


def parse_month_to_fill(data: Mapping[str, str]) -> tuple[Month, list[str]]:
    """The same for a month that gets goals."""
    month, problems = parse_month(data)
    return month, problems or ([] if can_have_goals(month.first) else [get_allowed_months_sentence()])
