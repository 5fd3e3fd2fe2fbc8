"""A person: the records that are about them, and all that these records say, now and in their history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q

from crm.models import Activity, Task
from crm.platform.text.text_folding import fold_texts
from crm.records.kinds.erased_persons import ERASED_PERSON_NAME
from customers.models import Contact, Deal, DealContact, Employment, Request
from intake.models import Submission
from leads.models import Lead
from privacy.spelling_variants import Spellings

# The record types that are about persons, in the order in which their records are locked.
PERSON_TABLES: dict[str, Any] = {"lead": Lead, "contact": Contact, "request": Request}
EMAILS = {"lead": ["email", "second_email"], "contact": ["email", "second_email"], "request": ["email"]}
PHONES = {"lead": ["phone", "mobile"], "contact": ["phone", "mobile"], "request": ["phone"]}
NAMES = ["first_name", "last_name"]
# The values that a column had, from the history: what an operation found and what it left, and rows that are gone.
EARLIER = """
    SELECT key, value->>0, value->>1 FROM crm_change c, jsonb_each(c.fields) WHERE c."table" = %s AND c."row" = ANY(%s)
      AND key = ANY(%s)
"""
GONE_OF_CONTACTS = """
    SELECT "row" FROM crm_change WHERE "table" = %s AND kind = 'delete' AND (fields->'contact_id'->>0)::bigint = ANY(%s)
"""
# A change says only what differs: the number of a record that a task moves to may be that of the record before.
MOVED = """
    SELECT c."row" FROM crm_change c LEFT JOIN crm_task t ON t.id = c."row"
    WHERE c."table" = 'task' AND c."row" = ANY(%s) AND c.fields->'of'->>0 = %s
      AND coalesce((c.fields->'record'->>0)::bigint, (
        SELECT (later.fields->'record'->>0)::bigint FROM crm_change later
        WHERE later."table" = 'task' AND later."row" = c."row" AND later.id > c.id AND later.fields ? 'record'
        ORDER BY later.id LIMIT 1), t.record) = ANY(%s)
"""
GONE_SINCE = """SELECT "row", min(at) FROM crm_change WHERE "table" = %s AND "row" = ANY(%s) GROUP BY 1"""


@dataclass(frozen=True)
class Person:
    """`records` are ids by record type, of records in Trash and permanently deleted ones too. With `everywhere`, full names
    also go from notes, tasks and descriptions of other records."""

    records: dict[str, list[int]]
    everywhere: bool = False
    said: dict[str, set[str]] = field(default_factory=dict, compare=False)
    # Names in the store of files that go with the person: the holders add them, `erase` removes them.
    files: set[str] = field(default_factory=set, compare=False)

    def get_ids(self, table: str) -> list[int]:
        return self.records.get(table, [])

    def build_condition(self, table: str = "of", record: str = "record") -> Q:
        """The rows that belong to one of the records, by the columns that name it."""
        found = Q(pk__in=[])
        for name, ids in self.records.items():
            found |= Q(**{table: name, f"{record}__in": ids})
        return found

    @cached_property
    def activities(self) -> list[int]:
        """Of permanently deleted records and activities too."""
        found = set(Activity._base_manager.filter(self.build_condition()).values_list("pk", flat=True))
        return sorted(found.union(_get_deleted_ids("activity", self.records)))

    @cached_property
    def tasks(self) -> list[int]:
        """Those that a conversion has moved to a deal or a company too."""
        found = set(Task._base_manager.filter(self.build_condition()).values_list("pk", flat=True))
        return sorted(found.union(_get_deleted_ids("task", self.records), _get_moved_task_ids(self)))

    @cached_property
    def employments(self) -> list[int]:
        return _get_related_item_ids("employment", Employment, self)

    @cached_property
    def deal_contacts(self) -> list[int]:
        return _get_related_item_ids("deal_contact", DealContact, self)

    @cached_property
    def deals(self) -> list[int]:
        """Their deals stay, without the name."""
        of = Q(lead__in=self.get_ids("lead")) | Q(contact__in=self.get_ids("contact"))
        made = Request._base_manager.filter(pk__in=self.get_ids("request")).values("deal")
        return list(Deal._base_manager.filter(of | Q(pk__in=made)).values_list("pk", flat=True))

    @cached_property
    def companies(self) -> list[int]:
        """The companies that they were or are at."""
        clients = Lead._base_manager.filter(pk__in=self.get_ids("lead"))
        found = set(clients.values_list("client", flat=True)) | set(
            clients.values_list("known_company", flat=True)
        )
        contacts = Contact._base_manager.filter(pk__in=self.get_ids("contact"))
        return sorted((found | set(contacts.values_list("company", flat=True))) - {None})

    @cached_property
    def first_added_at(self) -> datetime | None:
        """When the first of the records was added."""
        found = []
        for table, ids in self.records.items():
            rows = PERSON_TABLES[table]._base_manager.filter(pk__in=ids)
            found += rows.values_list("created_at", flat=True)
            with connection.cursor() as cursor:
                cursor.execute(GONE_SINCE, [table, ids])
                found += [at for _row, at in cursor.fetchall()]
        return min(found, default=None)

    @cached_property
    def values(self) -> dict[str, set[str]]:
        """All that the records say now and said earlier, by "emails", "phones", "first_name" and "last_name"."""
        found: dict[str, set[str]] = {
            "emails": set(),
            "phones": set(),
            "first_name": set(),
            "last_name": set(),
        }
        for table, ids in self.records.items():
            kinds = dict.fromkeys(EMAILS[table], "emails") | dict.fromkeys(PHONES[table], "phones")
            kinds |= {name: name for name in NAMES}
            for row in PERSON_TABLES[table]._base_manager.filter(pk__in=ids).values(*kinds):
                for column, value in row.items():
                    found[kinds[column]].add(value or "")
            with connection.cursor() as cursor:
                cursor.execute(EARLIER, [table, ids, list(kinds)])
                for column, *both in cursor.fetchall():
                    found[kinds[column]].update(value or "" for value in both)
        found["emails"] |= self._get_written_addresses()
        return {
            kind: {one.strip() for one in values} - {"", ERASED_PERSON_NAME} for kind, values in found.items()
        }

    def _get_written_addresses(self) -> set[str]:
        """The addresses of emails from and to them, and those of web forms, except those of users."""
        mails = Activity._base_manager.filter(pk__in=self.activities, type=Activity.Type.EMAIL)
        found = set(mails.values_list("address", flat=True))
        found |= set(Submission.objects.of_leads(self.get_ids("lead")).values_list("email", flat=True))
        own = {one.lower() for one in get_user_model()._default_manager.values_list("email", flat=True)}
        return {one for one in found if "@" in one and one.lower() not in own}

    @cached_property
    def email_keys(self) -> set[str]:
        """As the columns for looking up store them."""
        return set(fold_texts(self.values["emails"], function="leadwell_fold_email", length=254).values())

    @cached_property
    def phone_keys(self) -> set[str]:
        found: set[str] = set()
        for table, ids in self.records.items():
            columns = [f"{name}_normal" for name in PHONES[table]]
            for row in PERSON_TABLES[table]._base_manager.filter(pk__in=ids).values_list(*columns):
                found.update(row)
            with connection.cursor() as cursor:
                cursor.execute(EARLIER, [table, ids, columns])
                found.update(value or "" for _column, *both in cursor.fetchall() for value in both)
        return found - {""}

    @cached_property
    def spellings(self) -> Spellings:
        """Without the addresses and numbers that other records have too, such as a switchboard."""
        used_emails, used_phones = self._get_keys_used_elsewhere()
        by_key = fold_texts(self.values["emails"], function="leadwell_fold_email", length=254)
        emails = {one for typed, key in by_key.items() if key not in used_emails for one in (typed, key)}
        numbers = {one[-9:] for one in used_phones}
        typed = {one for one in self.values["phones"] if _extract_digits(one)[-9:] not in numbers}
        phones = typed | (self.phone_keys - used_phones)
        names = {(first, "") for first in self.values["first_name"]}
        names |= {("", last) for last in self.values["last_name"]}
        names |= {(first, last) for first in self.values["first_name"] for last in self.values["last_name"]}
        return Spellings(frozenset(emails), frozenset(phones), frozenset(names))

    def _get_keys_used_elsewhere(self) -> tuple[set[str], set[str]]:
        emails, phones = set(), set()
        for table, model in PERSON_TABLES.items():
            others = model._base_manager.exclude(pk__in=self.get_ids(table))
            for name in EMAILS[table]:
                keys = others.filter(**{f"{name}_key__in": self.email_keys})
                emails.update(keys.values_list(f"{name}_key", flat=True))
            for name in PHONES[table]:
                keys = others.filter(**{f"{name}_normal__in": self.phone_keys})
                phones.update(keys.values_list(f"{name}_normal", flat=True))
        return emails, phones


def _extract_digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _get_deleted_ids(table: str, records: Mapping[str, list[int]]) -> set[int]:
    """The ids of permanently deleted rows of these records, which are ids by record type."""
    found: set[int] = set()
    for name, ids in records.items():
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT "row" FROM crm_change WHERE "table" = %s AND kind = 'delete' AND fields->'of'->>0 = %s
                   AND (fields->'record'->>0)::bigint = ANY(%s)""",
                [table, name, ids],
            )
            found.update(pk for (pk,) in cursor.fetchall())
    return found


def _get_moved_task_ids(person: Person) -> set[int]:
    """The ids of tasks of the person's deals and companies that were tasks of the person's records before."""
    places = {"deal": person.deals, "company": person.companies}
    there = _get_deleted_ids("task", places)
    for name, ids in places.items():
        there.update(Task._base_manager.filter(of=name, record__in=ids).values_list("pk", flat=True))
    found: set[int] = set()
    for name, ids in person.records.items():
        with connection.cursor() as cursor:
            cursor.execute(MOVED, [sorted(there), name, ids])
            found.update(pk for (pk,) in cursor.fetchall())
    return found


def _get_related_item_ids(table: str, model: Any, person: Person) -> list[int]:
    """The rows between the contacts and something else, and those that were deleted."""
    found = set(
        model._base_manager.filter(contact__in=person.get_ids("contact")).values_list("pk", flat=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(GONE_OF_CONTACTS, [table, person.get_ids("contact")])
        return sorted(found.union(pk for (pk,) in cursor.fetchall()))
