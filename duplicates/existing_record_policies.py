"""What happens to a record that already exists, for each way in: in forms, from programs, in imports. Web forms and incoming
webhooks have a choice each, in their own settings.

Only records that the user of a program sees count, and only those that they may change are updated. All others are as if they
didn't exist. Closed and converted leads don't count either: such a person may be interested again.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import connection

from accounts.models import User
from accounts.settings_pages import SettingsPage
from crm.api.existing_records import ExistingRecord
from crm.records.kinds.kind_registry import Kind
from duplicates.candidate_lookup import find_candidate_ids_of_many
from duplicates.models import DuplicateRules
from duplicates.models.duplicate_rules import Policy
from duplicates.models.likeness import Reason
from duplicates.record_details import EMAILS, FIELDS, RecordDetails, build_details_from_forms
from duplicates.record_graph import COMPARED_TABLES
from duplicates.similar_records import COLUMNS, get_name_keys, score_similarity
from duplicates.similarity import ComparedName, get_similar_ones
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
    """What a program would add again, as crm/api/existing_records.py asks. `details` are those of each new record,
    by its place."""

    kind: Kind
    user: User
    rules: DuplicateRules
    policy: str
    details: Sequence[RecordDetails]

    @cached_property
    def sought(self) -> list[RecordDetails]:
        """What of each reaches a score that counts: the rest isn't looked for."""
        return [_get_counting_details(asked, self.rules) for asked in self.details]

    @cached_property
    def keys(self) -> list[set[Hashable]]:
        """What duplicates/candidate_lookup.py finds each by. Names only count together with a similar company, so they are compared."""
        found: list[set[Hashable]] = [{*one.emails, *one.phones, *one.domains} for one in self.sought]
        for pair in _find_similar_places(self.sought, self.rules.similarity):
            for place in pair:
                found[place].add(pair)
        if self.kind.name == "contact":
            # Its company may be sent by its name, which is looked up later.
            return [{*own, *one.names} for own, one in zip(found, self.sought, strict=True)]
        return found

    def lock(self, places: Sequence[int]) -> None:
        _lock_persons([self.sought[place] for place in places if self.sought[place]])

    def find(self, places: Sequence[int]) -> list[ExistingRecord | None]:
        candidates = find_candidate_ids_of_many([self.sought[place] for place in places], [self.kind.name])
        updates = self.policy == Policy.UPDATE
        ids = {pk for nodes in candidates for _table, pk in nodes}
        rows = _read_rows(self.kind, ids, self.user, changeable=updates)
        found: list[ExistingRecord | None] = []
        updated, renamed = set[int](), set[int]()
        for place, nodes in zip(places, candidates, strict=True):
            asked, own = self.details[place], {pk: rows[pk] for _table, pk in nodes if pk in rows}
            best = _find_best_match(self.kind, asked, own.values(), self.rules)
            if (best and best[0] in updated) or not renamed.isdisjoint(own):
                break
            found.append(ExistingRecord(best[0], updates, KEPT, str(best[1].label)) if best else None)
            if best and updates:
                updated.add(best[0])
                if get_name_keys(own[best[0]], self.kind.name) != (asked.name, asked.company):
                    renamed.add(best[0])
        return found


def _get_counting_details(asked: RecordDetails, rules: DuplicateRules) -> RecordDetails:
    """Without what by itself scores too little for a record to exist already."""
    least = rules.known_from
    by_name = rules.names >= least
    return replace(
        asked,
        emails=asked.emails if rules.email >= least else (),
        phones=asked.phones if rules.phone >= least else (),
        domains=asked.domains if rules.domain >= least else (),
        name=asked.name if by_name else "",
        company=asked.company if by_name else "",
    )


def _find_similar_places(sought: Sequence[RecordDetails], least: int) -> Iterator[tuple[int, int]]:
    """The pairs of places whose names and companies are both similar, among those that the look-up by name or by the start of the
    company can find from each other."""
    groups: dict[str, list[ComparedName]] = defaultdict(list)
    for place, one in enumerate(sought):
        name = ComparedName.from_keys(place, one.name, one.company)
        for key in {*one.names, one.start[:1]} - {""}:
            for other, _score in get_similar_ones(name, groups[key], least, by_name=bool(one.name)):
                yield other.number, place
            groups[key].append(name)


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


def _read_rows(kind: Kind, ids: set[int], user: User, *, changeable: bool) -> dict[int, dict[str, Any]]:
    """What is compared of those that the user sees, or may change, and that are open."""
    if not ids:
        return {}
    rows = visible_rows_queryset(kind, user).filter(pk__any=list(ids))
    if changeable:
        rows = rows.changeable_by(user) if user.has_perm(kind.get_right("change")) else rows.none()
    rows = rows.open() if hasattr(rows, "open") else rows
    return {row["pk"]: row for row in rows.values("pk", *COLUMNS[kind.name])}


def _find_best_match(
    kind: Kind, asked: RecordDetails, rows: Iterable[dict[str, Any]], rules: DuplicateRules
) -> tuple[int, Reason] | None:
    """The likeliest of these records of this type and why, if its score counts; of several the newest."""
    alike = {}
    for row in rows:
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
