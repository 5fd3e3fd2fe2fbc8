"""The cells of a sheet with tasks that no other sheet has: when a task is due and whether it is done."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _

from crm.fields.widgets.value_widgets import CellWidget, DateCell, get_cell_text
from crm.platform.excel.parsing.date_parsing import convert_to_moment
from crm.platform.excel.parsing.yes_no import NO, YES
from crm.platform.text.text_folding import normalize_heading

DONE = "done, complete, closed, completed, finalizat, finalizată, terminat"
NOT_DONE = (
    "open, not started, in progress, waiting, waiting on someone else, waiting for input, started, undone, todo, deferred, "
    "to do, deschis, nefinalizat"
)


class DayCell(DateCell):
    """The day that a task is due, or the day and the time."""

    def clean(self, value, row=None, **keywords):
        return self.parse_value(value)


class ClockCell(CellWidget):
    """A time of day."""

    def clean(self, value, row=None, **keywords):
        if isinstance(value, time):
            return value.replace(second=0, microsecond=0)
        text = get_cell_text(value)
        try:
            found = parse_time(text)
        except ValueError:
            found = None
        if found is None:
            raise ValueError(_("This isn’t a time. Enter a time like 14:30."))
        return found.replace(second=0, microsecond=0)


class DoneCell(DateCell):
    """When a task was completed, or only whether it was."""

    def clean(self, value, row=None, **keywords):
        word = normalize_heading(get_cell_text(value))
        if word in {normalize_heading(text) for text in (*DONE.split(", "), *YES)}:
            return True
        if word in {normalize_heading(text) for text in (*NOT_DONE.split(", "), *NO)}:
            return False
        return convert_to_moment(self.parse_value(value) or timezone.localdate())


class NameCell(CellWidget):
    """What a row calls its record."""

    def clean(self, value, row=None, **keywords):
        return get_cell_text(value)


def get_local_day_and_time(value: date | datetime) -> tuple[date, time | None]:
    """The day and, unless it is midnight, the time."""
    if not isinstance(value, datetime):
        return value, None
    at = timezone.localtime(convert_to_moment(value)).replace(second=0, microsecond=0)
    return at.date(), at.time() if at.time() != time() else None
