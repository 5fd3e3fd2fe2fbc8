"""Who looked at the person: the audit log, stored answers to programs, notifications, and what users have open."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import ApiCall, ApiReply, AuditEntry, Notification
from crm.records.history.audit_log.entry_lines import get_detail_texts, get_event_label
from privacy.holders.data_holder import DataHolder, DataSection, build_no_sections
from privacy.person import Person
from privacy.text_search import find_matching_rows, replace_pattern_in_table


def person_entries_queryset(person: Person) -> Any:
    return AuditEntry.objects.filter(person.build_condition("table", "record")).order_by("at", "pk")


def build_sections(person: Person, viewer: User) -> list[DataSection]:
    rows = [
        {
            _("Date"): row.at.isoformat(),
            _("Event"): get_event_label(row),
            _("User"): row.user_name or _("no user"),
            _("From"): str(row.get_via_display()),
            **dict(get_detail_texts(row)),
        }
        for row in person_entries_queryset(person)
    ]
    return [DataSection(_("Who viewed these records, programs included"), rows)]


def erase(person: Person) -> int:
    """Only what was typed goes, such as words of a search. The setting opens the table for this (crm/platform/models/audit_entry.py)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.erasing', 'on', true)")
        count = replace_pattern_in_table(AuditEntry, ["details"], person.spellings.any_name_pattern)
        cursor.execute("SELECT set_config('leadwell.erasing', '', true)")
    return count


def erase_replies(person: Person) -> int:
    """Answers that are kept for a day, in case a program repeats its call: all of them, because they are written in JSON."""
    count = ApiReply.objects.all().delete()[0]
    return count + replace_pattern_in_table(ApiCall, ["path"], person.spellings.full_names_pattern)


def build_notification_sections(person: Person, viewer: User) -> list[DataSection]:
    found = find_matching_rows(Notification, ["parameters"], person.spellings.full_names_pattern)
    return [
        DataSection(
            _("Notifications of users"), [{_("Text"): str(values["parameters"])} for _key, values in found]
        )
    ]


def erase_notices(person: Person) -> int:
    return replace_pattern_in_table(Notification, ["parameters", "path"], person.spellings.any_name_pattern)


HOLDERS = [
    DataHolder(("crm.AuditEntry",), build_sections, erase, "audit"),
    DataHolder(("crm.ApiReply", "crm.ApiCall"), build_no_sections, erase_replies, "replies"),
    DataHolder(("crm.Notification",), build_notification_sections, erase_notices, "notifications"),
]
