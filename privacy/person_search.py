"""Finding a person: the records with an email, phone or name, and those that are probably about the same person."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import MergedRecord
from crm.platform.text.text_folding import fold_texts
from crm.records.kinds.erased_persons import ERASED
from crm.records.kinds.kind_registry import KINDS
from customers.models import Request
from leads.models import Lead
from privacy.person import EMAILS, PERSON_TABLES, PHONES

Records = dict[str, list[int]]
# The most records of each type that a search shows.
MOST = 50
# Records that were deleted permanently and that an undo could bring back, by the email in their last version.
DELETED = """
    SELECT DISTINCT "row" FROM crm_change c WHERE "table" = %s AND kind = 'delete'
      AND leadwell_fold_email(fields->'email'->>0) = ANY(%s)
"""


@dataclass(frozen=True)
class FoundRecord:
    """A record that may be about the person, and why. `chosen` are those that were asked for or surely belong to them."""

    table: str
    pk: int
    row: Any
    why: str = ""
    chosen: bool = False

    @property
    def value(self) -> str:
        return f"{self.table}-{self.pk}"

    @property
    def type_label(self) -> str:
        return capfirst(str(KINDS[self.table].words.one))

    @property
    def state(self) -> str:
        if self.row is None:
            return _("permanently deleted")
        if self.row.is_erased:
            return _("erased")
        return _("in Trash") if self.row.deleted_at else ""

    @property
    def distinguishing_text(self) -> str:
        """What tells it apart from others of the same name."""
        if self.row is None:
            return ""
        return ", ".join(filter(None, [self.row.email, self.row.phone]))


def search_persons(text: str) -> list[FoundRecord]:
    """The records with this email, phone or name, in Trash too."""
    found = []
    for table, model in PERSON_TABLES.items():
        rows = model._base_manager.filter(_build_match_condition(table, text)).order_by("-pk")[:MOST]
        found += [FoundRecord(table, row.pk, row) for row in rows]
    return [*found, *_find_deleted_records(_get_email_keys([text]), {})]


def _build_match_condition(table: str, text: str) -> Q:
    if "@" in text:
        return _build_emails_condition(table, _get_email_keys([text]))
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) >= 6 and not any(sign.isalpha() for sign in text):
        ends = Q(pk__in=[])
        for name in PHONES[table]:
            ends |= Q(**{f"{name}_normal__endswith": digits.lstrip("0")})
        return ends
    named = ~Q(pk=None)
    for word in text.split():
        named &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
    return named & ~ERASED


def find_related_records(records: Records) -> list[FoundRecord]:
    """These records with those they were merged with, and others with one of their emails or phones, or linked by a conversion
    or a request."""
    merged = add_merged_records(records)
    rows = {
        table: list(PERSON_TABLES[table]._base_manager.filter(pk__in=ids)) for table, ids in merged.items()
    }
    every = [row for found in rows.values() for row in found]
    emails = _get_email_keys(
        value for row in every for name in EMAILS[row.table] if (value := getattr(row, name))
    )
    phones = {
        value for row in every for name in PHONES[row.table] if (value := getattr(row, f"{name}_normal"))
    }
    linked = _find_linked_records(every)
    found: dict[tuple[str, int], FoundRecord] = {}
    for table, model in PERSON_TABLES.items():
        reasons = [
            (Q(pk__in=records.get(table, [])), _("chosen"), True),
            (Q(pk__in=merged.get(table, [])), _("merged"), True),
            (Q(pk__in=linked.get(table, set())), _("linked"), True),
            (_build_emails_condition(table, emails), _("same email"), True),
            (_build_phones_condition(table, phones), _("same phone"), False),
        ]
        for condition, why, chosen in reasons:
            for row in model._base_manager.filter(condition).order_by("pk")[:MOST]:
                found.setdefault(
                    (table, row.pk), FoundRecord(table, row.pk, row, why, chosen and not row.is_erased)
                )
    return [*found.values(), *_find_deleted_records(emails, records)]


def add_merged_records(records: Records) -> Records:
    """With the records that were merged into them or into which they were merged, across several merges."""
    return {table: sorted(_add_merged_ids(table, set(ids))) for table, ids in records.items()}


def _add_merged_ids(table: str, ids: set[int]) -> set[int]:
    while True:
        pairs = MergedRecord.objects.filter(Q(record__in=ids) | Q(into__in=ids), table=table)
        more = {pk for pair in pairs.values_list("record", "into") for pk in pair}
        if more <= ids:
            return ids
        ids = ids | more


def _find_linked_records(rows: list[Any]) -> dict[str, set[int]]:
    """What a lead became and where a contact came from; the requests of both."""
    leads = {row.pk for row in rows if row.table == "lead"}
    contacts = {row.pk for row in rows if row.table == "contact"}
    for row in rows:
        if row.table == "request":
            leads |= {row.lead_id} - {None}
            contacts |= {row.contact_id} - {None}
    clients = Lead._base_manager.filter(pk__in=leads).exclude(client_contact=None)
    contacts |= set(clients.values_list("client_contact", flat=True))
    leads |= set(Lead._base_manager.filter(client_contact__in=contacts).values_list("pk", flat=True))
    requests = Request._base_manager.filter(Q(lead__in=leads) | Q(contact__in=contacts))
    return {"lead": leads, "contact": contacts, "request": set(requests.values_list("pk", flat=True))}


def _get_email_keys(emails: Any) -> set[str]:
    return set(fold_texts(emails, function="leadwell_fold_email", length=254).values()) - {""}


def _build_emails_condition(table: str, keys: set[str]) -> Q:
    found = Q(pk__in=[])
    for name in EMAILS[table]:
        found |= Q(**{f"{name}_key__in": keys})
    return found


def _build_phones_condition(table: str, phones: set[str]) -> Q:
    found = Q(pk__in=[])
    for name in PHONES[table]:
        found |= Q(**{f"{name}_normal__in": phones})
    return found


def _find_deleted_records(emails: set[str], records: Records) -> list[FoundRecord]:
    """Permanently deleted ones: those with one of the emails, and those that were chosen."""
    found = []
    for table, model in PERSON_TABLES.items():
        with connection.cursor() as cursor:
            cursor.execute(DELETED, [table, list(emails)])
            ids = {pk for (pk,) in cursor.fetchall()} | set(records.get(table, []))
        there = set(model._base_manager.filter(pk__in=ids).values_list("pk", flat=True))
        found += [FoundRecord(table, pk, None, _("same email"), True) for pk in sorted(ids - there)]
    return found


def do_records_exist(records: Records) -> bool:
    """Whether all of these are or were records."""
    for table, ids in records.items():
        there = set(PERSON_TABLES[table]._base_manager.filter(pk__in=ids).values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT DISTINCT "row" FROM crm_change WHERE "table" = %s AND "row" = ANY(%s) AND kind = 'delete'""",
                [table, ids],
            )
            if not set(ids) <= there | {pk for (pk,) in cursor.fetchall()}:
                return False
    return any(records.values())
