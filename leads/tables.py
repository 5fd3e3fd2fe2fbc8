"""The list of leads as django-tables2 draws it: one column a field, cells by their render methods."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_countries import countries

from crm.tables import Column, Moment, RowHead, Table, Text, clip
from crm.templatetags.look import chip, due_words, how_long, icon, money, person, when_due
from leads.models import Lead, Status
from mailings.models import Newsletter

WORDS = {
    "status": _lazy("%(status)s: change the status of %(lead)s"),
    "owner": _lazy("%(owner)s: assign %(lead)s"),
    "next_action": _lazy("Next action of %(lead)s"),
    "vip": _lazy("VIP: %(lead)s"),
    "nobody": _lazy("nobody"),
    "plan": _lazy("Plan…"),
}


class LeadTable(Table):
    """`may_change` are the ids of the leads on the page that the viewer may change; the others show no inline edit."""

    name = RowHead(verbose_name=_lazy("name"))
    email = Text(priority=2)
    company = Text()
    status = Column()
    time_in_status = Column(verbose_name=_lazy("in status"), spot="since")
    owner = Column(priority=2)
    country = Column(priority=3)
    newsletter = Column(verbose_name=_lazy("newsletter"), spot="mail", quiet=True)
    next_action = Column(spot="next")
    created_at = Moment(spot="added")
    source = Column(priority=3)
    department = Column(priority=3)
    value = Column(end=True, first_down=True, hint=_lazy("sorted by the value in the base currency"))
    tags = Column(priority=3)
    title = Text(priority=3)
    phone = Text(priority=2)
    mobile = Text(priority=3)
    second_email = Text(priority=3)
    website = Text(priority=3)
    city = Text(priority=3)
    state = Text(priority=3)
    zip = Text(priority=3)
    address = Text(priority=3)
    language = Text(priority=3)
    lost_reason = Column(priority=3)
    lost_remark = Text(priority=3, orderable=False)
    shared = Column(priority=3)
    assigned_at = Moment(priority=3)
    first_contacted_at = Moment(priority=3)
    last_contacted_at = Moment(priority=3)
    converted_at = Moment(priority=3)
    created_by = Column(verbose_name=_lazy("added by"), priority=3, orderable=False)
    description = Column(priority=3, orderable=False)
    vip = Column(priority=3)
    id = Column(verbose_name=_lazy("number"), end=True, priority=3)
    # Only the list of the bin has it.
    binned_at = Moment(verbose_name=_lazy("in the bin since"), orderable=False)

    class Meta:
        model = Lead
        fields: tuple = ()  # only the declared ones

    def __init__(self, *arguments, may_change: set[int], query: str, **keywords) -> None:
        self.may_change = may_change
        self.query = f"?list={quote(query)}" if query else ""
        self.sequence_shown = keywords["columns_shown"]
        # What many rows show alike is drawn once a table, and words are translated once: half of the time of a page.
        self.drawn: dict[tuple, Any] = {}
        self.now = timezone.now()
        self.words = {name: str(words) for name, words in WORDS.items()}
        super().__init__(*arguments, **keywords)

    def once(self, *key, draw: Callable[[], Any]):
        if key not in self.drawn:
            self.drawn[key] = draw()
        return self.drawn[key]

    def inline(self, record: Lead, field: str, inside, value: str = ""):
        """A value that opens its small form in place: a link, so that it works without JavaScript too."""
        if record.pk not in self.may_change:
            return inside
        return format_html(
            '<a class="inline" href="{}" data-inline aria-label="{}">{}</a>',
            inline_address(record, field),
            self.words[field] % {field: value, "lead": record.shown_name},
            inside,
        )

    def render_name(self, record):
        second = record.email if record.full_name and "email" not in self.sequence_shown else record.title
        return format_html(
            '<span class="lead"><a href="{}{}">{}</a><small>{}</small></span>',
            record.get_absolute_url(),
            self.query,
            record.shown_name,
            second,
        )

    def render_status(self, record):
        label, drawn = self.once(
            "status", record.status_id, draw=lambda: (record.status.label, chip(record.status))
        )
        return self.inline(record, "status", drawn, label)

    def render_time_in_status(self, record):
        status: Status = record.status
        passed = (self.now - record.status_since).days
        days = self.once("days", passed, draw=lambda: how_long(record.status_since))
        if not status.is_open or not status.most_days or not record.is_stuck:
            return format_html('<span class="age">{}</span>', days)
        return format_html(
            '<span class="age" data-stale>{}{}<span class="visually-hidden">, {}</span></span>',
            icon("clock"),
            days,
            _("too long"),
        )

    def render_owner(self, record):
        drawn = self.once("owner", record.owner_id, draw=lambda: person(record.owner))
        return self.inline(
            record, "owner", drawn, record.owner.name if record.owner else self.words["nobody"]
        )

    def render_country(self, record):
        code = record.country.code
        return self.once("country", code, draw=lambda: clip(countries.name(code) if code else ""))

    def render_newsletter(self, record):
        state = record.newsletter_state or Newsletter.State.NONE
        return self.once("newsletter", state, draw=lambda: self.newsletter_icon(state))

    def newsletter_icon(self, state: str):
        words = Newsletter.State(state).label
        return format_html(
            '<span class="mail" data-newsletter="{}" title="{}">{}<span class="visually-hidden">{}</span></span>',
            state,
            words,
            icon("mail"),
            words,
        )

    def render_next_action(self, record):
        day = record.next_action_on
        if not day and not record.next_action and not record.status.is_open:
            return ""
        if not day and not record.next_action:
            inside = format_html('<span class="soft adds">{}</span>', self.words["plan"])
        else:
            inside = format_html(
                '<span class="due" data-when="{}"><span class="clip">{}</span><small>{}</small></span>',
                when_due(day) if day else "",
                record.next_action or _("Next action"),
                self.once("day", day, draw=lambda: due_words(day)) if day else "",
            )
        return self.inline(record, "next_action", inside)

    def render_source(self, record):
        return self.once("source", record.source_id, draw=lambda: clip(record.source.label))

    def render_department(self, record):
        return self.once("department", record.department_id, draw=lambda: clip(record.department.name))

    def render_lost_reason(self, record):
        reason = record.lost_reason
        return self.once("reason", record.lost_reason_id, draw=lambda: clip(reason.label if reason else ""))

    def render_created_by(self, record):
        who = record.created_by
        return self.once("creator", record.created_by_id, draw=lambda: person(who) if who else "")

    def render_description(self, record):
        return clip(record.description_begins)

    def render_shared(self, record):
        return _("yes") if record.shared else ""

    def render_value(self, record):
        return shown_value(record)

    def render_tags(self, record):
        names = [(name,) for name in record.tag_names]
        return format_html(
            '<span class="tags">{}</span>', format_html_join("", '<span class="chip">{}</span>', names)
        )

    def render_vip(self, record):
        return _("VIP") if record.vip else ""

    def before(self, record):
        """The star in front of the name: a button where the viewer may change the lead, else a word with a VIP."""
        if record.pk not in self.may_change:
            word = '<span class="star" data-on>{}<span class="visually-hidden">{}</span></span>'
            return format_html(word, icon("star"), _("VIP")) if record.vip else ""
        address = inline_address(record, "vip")
        return format_html(
            '<button class="star" name="wanted" value="{}" formaction="{}" formmethod="post" aria-pressed="{}" aria-label="{}" hx-post="{}" '
            'hx-target="closest tr" hx-swap="outerHTML">{}</button>',
            "off" if record.vip else "on",
            address,
            "true" if record.vip else "false",
            self.words["vip"] % {"lead": record.shown_name},
            address,
            icon("star"),
        )

    def render_id(self, record):
        return format_html('<span class="number">#{}</span>', record.pk)


def inline_address(record: Lead, field: str) -> str:
    """Where a value is changed in place, put together here: asking the urls for each cell of a page takes too long."""
    return f"{record.get_absolute_url()}/inline/{field}"


def shown_value(record: Lead):
    """The value as agreed; in another currency with its base value, or the word that the rate is missing."""
    if record.value is None:
        return ""
    text = money(record.value, record.currency)
    if record.currency == settings.BASE_CURRENCY:
        return text
    if record.base_value is None:
        return format_html('{} <small class="warning">{}</small>', text, _("no rate"))
    return format_html(
        '{} <small class="soft">{}</small>', text, money(record.base_value, settings.BASE_CURRENCY)
    )
