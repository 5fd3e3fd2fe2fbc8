"""Who looked at the person: the audit log, stored answers to programs, notifications, and what users have open."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from crm.models import ApiCall, ApiReply, AuditEntry, Notification
from crm.records.history.audit_log.entry_lines import details_of, words_of
from privacy.holders.data_holder import Holder, Section, tell_nothing
from privacy.person import Person
from privacy.text_search import matching, sweep


def entries_of(person: Person) -> Any:
    return AuditEntry.objects.filter(person.of("table", "record")).order_by("at", "pk")


def held(person: Person, viewer: Any) -> list[Section]:
    rows = [
        {
            _("Date"): row.at.isoformat(),
            _("Event"): words_of(row),
            _("User"): row.user_name or _("no user"),
            _("From"): str(row.get_via_display()),
            **dict(details_of(row)),
        }
        for row in entries_of(person)
    ]
    return [Section(_("Who viewed these records, programs included"), rows)]


def erase(person: Person) -> int:
    """Only what was typed goes, such as words of a search. The setting opens the table for this (crm/platform/models/audit_entry.py)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.erasing', 'on', true)")
        count = sweep(AuditEntry, ["details"], person.spellings.any_name)
        cursor.execute("SELECT set_config('leadwell.erasing', '', true)")
    return count


def erase_replies(person: Person) -> int:
    """Answers that are kept for a day, in case a program repeats its call: all of them, because they are written in JSON."""
    count = ApiReply.objects.all().delete()[0]
    return count + sweep(ApiCall, ["path"], person.spellings.named)


def held_notices(person: Person, viewer: Any) -> list[Section]:
    found = matching(Notification, ["parameters"], person.spellings.named)
    return [
        Section(
            _("Notifications of users"), [{_("Text"): str(values["parameters"])} for _key, values in found]
        )
    ]


def erase_notices(person: Person) -> int:
    return sweep(Notification, ["parameters", "path"], person.spellings.any_name)


HOLDERS = [
    Holder(("crm.AuditEntry",), held, erase, "audit"),
    Holder(("crm.ApiReply", "crm.ApiCall"), tell_nothing, erase_replies, "replies"),
    Holder(("crm.Notification",), held_notices, erase_notices, "notifications"),
]
