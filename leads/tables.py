"""The lead list as a django-tables2 table; columns that are only in fields.LIST are rendered by their field type."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.platform.web.rendering.html_building import escape_value, html, join_html
from crm.records.tables.record_table import RecordTable, split_at_record
from crm.records.tables.tables import Column, MomentColumn, RowHead
from crm.templatetags.look import chip, due_words, how_long, icon, person, repeated_icon, when_due
from leads import fields
from leads.contact_due.remaining_time import Countdown
from leads.models import Lead, Newsletter
from leads.stuck.stuck_leads import get_stuck_ids

STAR = repeated_icon("star")
# Within an image, nothing has to be hidden from screen readers.
MAIL = join_html([repeated_icon("mail").replace(" aria-hidden=true", "")])


class LeadTable(RecordTable):
    name = RowHead(verbose_name=_lazy("name"))
    time_in_status = Column(verbose_name=_lazy("time in status"), spot="since")
    contact_due_at = Column(priority=2)
    newsletter = Column(verbose_name=_lazy("newsletter"), spot="mail", quiet=True)
    next_action = Column(spot="next")
    created_at = MomentColumn(spot="added")
    created_by = Column(verbose_name=_lazy("added by"), priority=3)
    vip = Column(priority=3)
    id = Column(verbose_name=_lazy("number"), end=True, priority=3)
    # Only the Trash list has it.
    deleted_at = MomentColumn(verbose_name=_lazy("in Trash since"))

    class Meta:
        model = Lead
        fields = fields.LIST

    icons = ("up", "star", "mail")
    priorities = {"company": 1, "status": 1, "email": 2, "owner": 2, "phone": 2}
    hints = {"value": _lazy("sorted by the value in the base currency")}
    inline_words = {
        "status": _lazy("%(value)s: change status of %(record)s"),
        "owner": _lazy("%(value)s: assign %(record)s"),
        "next_action": _lazy("%(value)s: next action of %(record)s"),
    }

    def __init__(self, *arguments, **keywords) -> None:
        self.now = timezone.now()
        self.countdown = Countdown(self.now)
        # Translated once for all rows.
        self.star = split_at_record(escape_value(_("VIP: %(record)s")))
        self.next_action_words = _("Next action")
        self.plan = html('<span class="soft adds">{}</span>', _("Plan…"))
        super().__init__(*arguments, **keywords)

    def render_below_name(self, record):
        return record.email if record.full_name and "email" not in self.sequence_shown else record.title

    def render_status(self, record):
        return self.once("status", record.status_id, draw=lambda: chip(record.status))

    def render_time_in_status(self, record):
        passed = (self.now - record.status_since).days
        days = self.once("days", passed, draw=lambda: how_long(record.status_since))
        if record.pk not in self.once("stuck", draw=lambda: get_stuck_ids(self.data)):
            return html('<span class="age">{}</span>', days)
        return html(
            '<span class="age" data-stale>{}{}<span class="visually-hidden">, {}</span></span>',
            icon("clock"),
            days,
            _("too long"),
        )

    def render_contact_due_at(self, record):
        due, warns = record.contact_due_at, record.contact_warning_at
        if due is None:
            return ""
        return self.once("due", due, warns, record.department_id, draw=lambda: self.countdown.render(record))

    def render_newsletter(self, record):
        state = record.newsletter_state or Newsletter.State.NONE
        return self.once("newsletter", state, draw=lambda: self.render_newsletter_icon(state))

    def render_newsletter_icon(self, state: str):
        known = html(' data-newsletter="{}"', state) if state != Newsletter.State.NONE else ""
        return html(
            '<span class=mail{} role=img title="{}">{}</span>', known, Newsletter.State(state).label, MAIL
        )

    def render_next_action(self, record):
        day, words = record.next_action_on, record.next_action
        if not day and not words:
            return self.plan if record.status.is_open else ""
        when = self.once("when", day, draw=lambda: f" data-when={when_due(day)}") if day else ""
        due = self.once("day", day, draw=lambda: escape_value(due_words(day))) if day else ""
        # All of it is HTML already. With a space, because the name of the link has one there too (value_in_words).
        return join_html(
            [
                f"<span class=due{when}><span>{escape_value(words or self.next_action_words)}</span> "
                f"<small>{due}</small></span>"
            ]
        )

    def describe_value(self, record, name):
        if name != "next_action":
            return super().describe_value(record, name)
        day, words = record.next_action_on, record.next_action
        if not day and not words:
            return html("{}", _("Plan…"))
        return html("{} {}", words or self.next_action_words, due_words(day) if day else "")

    def render_created_by(self, record):
        who = record.created_by
        return self.once("creator", record.created_by_id, draw=lambda: person(who) if who else "")

    def render_vip(self, record):
        return _("VIP") if record.vip else ""

    def render_before_row(self, record):
        """The star before the name: a button if the viewer may change the lead, else a text for VIPs."""
        pk = record.id
        if "vip" not in self.in_place or pk not in self.may_change:
            word = '<span class="star" data-on>{}<span class="visually-hidden">{}</span></span>'
            return html(word, repeated_icon("star"), _("VIP")) if record.vip else ""
        wanted, pressed = ("off", "true") if record.vip else ("on", "false")
        before, after = self.star
        # Without quotes, which fifty rows would repeat. All of it is HTML already.
        return join_html(
            [
                f"<button class=star name=wanted value={wanted} formaction={self.addresses[pk]}/inline/vip "
                f'aria-pressed={pressed} aria-label="{before}{self.names[pk]}{after}">{STAR}</button>'
            ]
        )
