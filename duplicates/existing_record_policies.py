"""What happens to a record that already exists, for each way in: in forms, from programs, in imports. Web forms and incoming
webhooks have a choice each, in their own settings.

Only records that the user of a program sees count, and only those that they may change are updated. All others are as if they
didn't exist. Closed and converted leads don't count either: such a person may be interested again.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import User
from accounts.settings_pages import SettingsPage
from crm.api.existing_records import ExistingRecord
from crm.records.kinds.kind_registry import Kind
from duplicates.candidate_lookup import find_candidate_ids
from duplicates.models import DuplicateRules
from duplicates.models.duplicate_rules import Policy
from duplicates.models.likeness import Reason
from duplicates.record_details import EMAILS, FIELDS, RecordDetails, build_details_from_forms
from duplicates.record_graph import COMPARED_TABLES
from duplicates.similar_records import COLUMNS, score_similarity
from duplicates.visible_records import visible_rows_queryset

# Users have worked on these since, so a program that sends a record again doesn't change them.
KEPT = frozenset(["owner", "department", "status", "lost_reason", "lost_remark", "source"])
# The settings of ways in that have a choice each.
ELSEWHERE: list[SettingsPage] = []


def get_initial_choice() -> str:
    """Of an import: what happens to rows that look like existing records."""
    return DuplicateRules.get_current().imports


@dataclass(frozen=True)
class PolicyLookup:
    """What a program would add again, as crm/api/existing_records.py asks. `details` are those of each new record."""

    kind: Kind
    user: User
    rules: DuplicateRules
    policy: str
    details: Sequence[RecordDetails]

    @property
    def keys(self) -> Sequence[Collection[Hashable]]:
        return [_get_candidate_keys(asked) for asked in self.details]

    def lock(self, places: Sequence[int]) -> None:
        _lock_persons([self.details[place] for place in places if self.details[place]])

    def find(self, place: int) -> ExistingRecord | None:
        asked, updates = self.details[place], self.policy == Policy.UPDATE
        if not asked:
            return None
        found = _find_best_match(self.kind, asked, self.user, self.rules, changeable=updates)
        return ExistingRecord(found[0], updates, KEPT, str(found[1].label)) if found else None


def _get_candidate_keys(asked: RecordDetails) -> set[Hashable]:
    """What duplicates/candidate_lookup.py finds it by; of a company, the first word of its name."""
    return {*asked.emails, *asked.phones, *asked.domains, *asked.names, *asked.start.split()[:1]}


def look_for_known_records(
    way: str, kind: Kind, rows: Sequence[Mapping[str, Any]], user: User, may_update: bool
) -> PolicyLookup | None:
    """None if another record is added anyway."""
    rules = DuplicateRules.get_current()
    policy = getattr(rules, way)
    if (
        policy == Policy.ADD
        or kind.name not in COMPARED_TABLES
        or (policy == Policy.UPDATE and not may_update)
    ):
        return None
    texts = [
        {name: str(getattr(values.get(name), "pk", values.get(name)) or "") for name in FIELDS[kind.name]}
        for values in rows
    ]
    details = build_details_from_forms(kind.name, texts, user)
    return PolicyLookup(kind, user, rules, policy, details)


def _find_best_match(
    kind: Kind, asked: RecordDetails, user: User, rules: DuplicateRules, *, changeable: bool
) -> tuple[int, Reason] | None:
    """The likeliest record of this type and why, if its score counts; of several the newest."""
    ids = [pk for table, pk in find_candidate_ids(asked) if table == kind.name]
    if not ids:
        return None
    rows = visible_rows_queryset(kind, user).filter(pk__any=ids)
    if changeable:
        rows = rows.changeable_by(user) if user.has_perm(kind.get_right("change")) else rows.none()
    rows = rows.open() if hasattr(rows, "open") else rows
    alike = {}
    for row in rows.values("pk", *COLUMNS[kind.name]):
        found = score_similarity(asked, row, kind.name, rules)
        if found and found[0] >= rules.known_from and not _are_colleagues(asked, row, found[1]):
            alike[row["pk"]] = found
    if not alike:
        return None
    best = max(alike, key=lambda pk: (alike[pk][0], pk))
    return best, alike[best][1][0]


def _are_colleagues(asked: RecordDetails, row: dict[str, Any], reasons: tuple[Reason, ...]) -> bool:
    """Two people with different emails who share the phone of their office."""
    emails = {row.get(f"{name}_key") for name in EMAILS} - {None, ""}
    return reasons == (Reason.PHONE,) and bool(asked.emails and emails)


def _lock_persons(details: Sequence[RecordDetails]) -> None:
    """Two calls for one person at the same moment must not add two records. All calls lock in the same order."""
    keys = {
        key for asked in details for key in ({*asked.emails, *asked.phones} or {asked.name + asked.company})
    }
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('duplicates.known'), hashtext(key)) FROM unnest(%s::text[]) key",
                [sorted(keys)],
            )
