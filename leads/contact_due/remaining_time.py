"""How much working time is left until a lead has to be contacted, in words: "2 h left", "40 min overdue"."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.working_time.calendar import Calendars
from crm.fields.types.field_type import get_field_type
from crm.platform.web.rendering.html_building import html
from crm.templatetags.look import icon, in_hours
from leads.contact_due.deadlines import ContactState
from leads.models import Lead

# Beyond that, a day says more than a number of hours.
COUNTED = timedelta(days=14)
FIELD: Any = Lead._meta.get_field("contact_due_at")


class Countdown:
    """For the leads of a page: the calendars are read once, and only if a first contact is due."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or timezone.now()

    @cached_property
    def calendars(self) -> Calendars:
        return Calendars()

    def get_state(self, lead: Lead) -> ContactState:
        if lead.contact_due_at <= self.now:
            return ContactState.OVERDUE
        warns = lead.contact_warning_at or lead.contact_due_at
        return ContactState.AT_RISK if warns <= self.now else ContactState.ON_TIME

    def describe(self, lead: Lead) -> str:
        due: datetime = lead.contact_due_at
        overdue = due <= self.now
        if abs(due - self.now) > COUNTED:
            day = formats.date_format(timezone.localtime(due), "j M Y")
            return (_("overdue since %(day)s") if overdue else _("until %(day)s")) % {"day": day}
        calendar = self.calendars.get_for_department(lead.department_id)
        passed = calendar.get_working_time(*sorted((due, self.now)))
        minutes = int(passed.total_seconds() // 60)
        if overdue:
            return (
                _("%(time)s overdue") % {"time": in_hours(minutes)}
                if minutes
                else str(ContactState.OVERDUE.label)
            )
        return _("%(time)s left") % {"time": in_hours(minutes)} if minutes else _("less than 1 min left")

    def render(self, lead: Lead) -> SafeString:
        """With the exact moment as its title; what is at risk or overdue has an icon too."""
        state = self.get_state(lead)
        mark = icon("clock") if state != ContactState.ON_TIME else ""
        risk = (
            html('<span class="visually-hidden">, {}</span>', state.label)
            if state == ContactState.AT_RISK
            else ""
        )
        return html(
            '<time class="age countdown" data-state="{}" datetime="{}" title="{}">{}{}{}</time>',
            state.value,
            lead.contact_due_at.isoformat(),
            get_field_type(FIELD).format_value(FIELD, lead.contact_due_at),
            mark,
            self.describe(lead),
            risk,
        )
