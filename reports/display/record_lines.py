"""Lines below the tables of a report, one for each record, with what the tables can't say: from what to what it changed, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from crm.templatetags.look import short_date
from reports.engine.question import ReportQuestion

Text = str | Promise
# A page shows so many; the numbers above lead to lists of all.
MOST_LINES = 200


@dataclass(frozen=True)
class LineCell:
    """`url` is the page that the text leads to, or ''."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class LineTable:
    """`has_more` says that there are more than MOST_LINES."""

    title: Text
    heads: Sequence[Text]
    rows: Sequence[Sequence[LineCell]]
    has_more: bool
    empty: Text

    @property
    def most(self) -> int:
        return MOST_LINES


@dataclass(frozen=True)
class RecordLines:
    """`build` finds at most so many lines of a question that the viewer sees."""

    title: Text
    heads: Sequence[Text]
    build: Callable[[ReportQuestion, User, int], Sequence[Sequence[LineCell]]]
    empty: Text


def build_record_cell(record: Any) -> LineCell:
    return LineCell(str(record), record.get_absolute_url())


def build_owner_cell(record: Any) -> LineCell:
    return LineCell(str(record.owner) if record.owner else _("Unassigned"))


def format_moment(moment: datetime, today: date) -> str:
    """“10:32” for today, “26 Nov, 10:32” for another day, with the year outside the current one."""
    here = timezone.localtime(moment)
    clock = formats.date_format(here, "H:i")
    return clock if here.date() == today else f"{short_date(here)}, {clock}"


def build_line_table(lines: RecordLines | None, question: ReportQuestion, viewer: Any) -> LineTable | None:
    """None for a report without lines."""
    if lines is None:
        return None
    rows = lines.build(question, viewer, MOST_LINES + 1)
    return LineTable(lines.title, lines.heads, rows[:MOST_LINES], len(rows) > MOST_LINES, lines.empty)
