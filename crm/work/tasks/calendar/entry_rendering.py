"""Draws the days of a calendar: the entries of a team's week in one pass, because a template for each takes as long as everything else."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.platform.web.rendering.html_building import DrawnOnce, escape_value, html, join_html
from crm.templatetags.look import icon
from crm.work.tasks.calendar.calendar_days import CalendarDay, CalendarDays
from crm.work.tasks.calendar.calendar_entries import BusyTime, CalendarEntry
from crm.work.tasks.listing.line_rendering import CheckButtons, build_row_url


class DrawnDay(NamedTuple):
    """`above` are the entries without a place in the hours, `timed` those with one; `slots` are the hours at which something can be added."""

    day: CalendarDay
    above: SafeString
    timed: SafeString
    slots: SafeString


def render_days(calendar: CalendarDays, viewer: Any) -> list[DrawnDay]:
    lines, slots = EntryLines(viewer), calendar.slots
    new_entry = f"{reverse('new_calendar_entry')}?view={calendar.period.view}"
    return [
        DrawnDay(
            day,
            lines.render((entry, "") for entry in day.entries),
            lines.render(day.timed),
            _render_slots(new_entry, day, slots),
        )
        for day in calendar.days
    ]


def _render_slots(new_entry: str, day: CalendarDay, slots: list[tuple[str, SafeString]]) -> SafeString:
    address = f"{new_entry}&amp;day={day.day.isoformat()}&amp;time="
    add_at, shown = _("Add at"), date_format(day.day, "D j")
    words = escape_value(f"{add_at} {shown}")
    return join_html(
        f'<a class="slot" tabindex="-1" {place} href="{address}{clock}">'
        f'<span class="visually-hidden">{words}, {clock}</span></a>'
        for clock, place in slots
    )


class EntryLines:
    """The entries that one viewer sees."""

    def __init__(self, viewer: Any) -> None:
        self.viewer, self.once, self.check = viewer, DrawnOnce(), CheckButtons()
        self.calendar = icon("calendar")
        self.meeting = html('<span class="visually-hidden">{}</span>', _("Meeting"))
        self.busy, self.no_show, self.unassigned = (
            escape_value(words) for words in (_("Busy"), _("No-show"), _("Unassigned"))
        )
        self.held = escape_value(pgettext("a meeting", "Held"))
        self.asked = html("<span>{}</span>", _("Did it take place?"))

    def render(self, placed: Iterable[tuple[CalendarEntry | BusyTime, str]]) -> SafeString:
        """Each with the attributes of its place in the hours, or ""."""
        return join_html(part for entry, place in placed for part in self._render_line(entry, place))

    def _render_line(self, entry: CalendarEntry | BusyTime, place: str) -> Iterator[str]:
        if isinstance(entry, BusyTime):
            yield f'<li class="event" data-busy {place}><p class="soft small">'
            yield f"<b>{entry.clock:%H:%M}–{entry.end_clock:%H:%M}</b> {self.busy}</p></li>"
            return
        title, record = escape_value(entry.title), escape_value(str(entry.record))
        yield f'<li class="event" {place}{self._render_planning_attributes(entry)}>'
        if not entry.is_task:
            yield self.calendar
        elif entry.may_change:
            yield self.check.render(entry.what.pk, title, record)
        address = build_row_url(self.once, "task" if entry.is_task else "activity", entry.what)
        yield f'<div class="grow"><a class="opens" href="{address}" id="{entry.name}">{title}</a>'
        yield f'<p class="soft small">{" ".join(self._render_facts(entry, record))}</p>'
        if entry.takes_outcome:
            yield from self._render_outcomes(entry, build_row_url(self.once, "mark_no_show", entry.what))
        yield "</div></li>"

    def _render_planning_attributes(self, entry: CalendarEntry) -> str:
        """What the script that moves entries reads (static/js/planning.js)."""
        missed = " data-missed" if entry.is_no_show else ""
        if not entry.may_change:
            return missed
        clock = f"{entry.clock:%H:%M}" if entry.clock else ""
        task = f' data-task="{entry.what.pk}"' if entry.is_task else ""
        return (
            f' data-entry="{entry.name}" data-due="{entry.day.isoformat()}" data-clock="{clock}"'
            f' data-version="{entry.what.version}"{task}{missed}'
        )

    def _render_facts(self, entry: CalendarEntry, record: str) -> Iterator[str]:
        if entry.clock:
            late = ' class="late"' if entry.tone == "negative" else ""
            yield f"<b{late}>{entry.clock:%H:%M}</b>"
        if not entry.is_task:
            yield self.meeting
        if entry.is_no_show:
            yield f"<span>{self.no_show}{'' if entry.is_named_by_record else ' ·'}</span>"
        if not entry.is_named_by_record:
            yield record
        if entry.is_unanswered:
            yield self.asked
        person = entry.person
        if person is None or person.pk != self.viewer.pk:
            yield f"· {escape_value(person.name) if person and person.name else self.unassigned}"

    def _render_outcomes(self, entry: CalendarEntry, address: str) -> Iterator[str]:
        """The buttons belong to the form of the calendar, whose other fields they send along."""
        button = f'<button class="button" data-size="small" formaction="{address}"'
        yield '<p class="cluster outcomes-of-meeting" data-gap="small">'
        if entry.is_no_show or entry.is_unanswered:
            yield f'{button} name="off" value="1" data-held>{self.held}</button>'
        if not entry.is_no_show:
            yield f"{button} data-no-show>{self.no_show}</button>"
        yield "</p>"
