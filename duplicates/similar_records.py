"""The records that may be the one being entered, among those that the user sees, with a score and reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from crm.records.kinds.kind_registry import KINDS, Kind
from duplicates.candidate_lookup import find_candidate_ids
from duplicates.models import Distinction, DuplicateRules
from duplicates.models.likeness import Reason
from duplicates.record_details import PHONES, RecordDetails, build_details_from_form, get_personal_emails
from duplicates.record_graph import Node, get_ordered_pair
from duplicates.similarity import HIGHEST, get_name_essence, measure_similarity
from duplicates.visible_records import get_compared_kinds, get_visible_records

# So many records that may be the same are shown, or if there are none, so many of the same company.
MOST, OF_COMPANY = 5, 3
# The columns of their lists that a warning shows.
SHOWN = ["owner"]


@dataclass(frozen=True)
class SimilarRecord:
    """A record that may be the same. Without reasons it is only of the same company, which is worth knowing."""

    kind: Kind
    record: Any
    score: int
    reasons: tuple[Reason, ...]

    @property
    def node(self) -> Node:
        return self.kind.name, self.record.pk

    @property
    def value(self) -> str:
        return f"{self.kind.name}-{self.record.pk}"


def find_similar_records(
    table: str, data: Mapping[str, Any], user: User, *, but: int | None = None
) -> list[SimilarRecord]:
    """The likeliest ones for these values of a form, the best first. `but` is the record itself, if it exists already."""
    asked = build_details_from_form(table, data, user)
    if not asked:
        return []
    rules = DuplicateRules.get_current()
    judged = {
        node: score_similarity(asked, row, node[0], rules)
        for node, row in _read_visible_rows(find_candidate_ids(asked), user).items()
    }
    judged.pop((table, but or 0), None)
    alike = {node: found for node, found in judged.items() if found is not None}
    if but and alike:
        own = {distinction.pair for distinction in Distinction.objects.among({(table, but), *alike})}
        alike = {
            node: found for node, found in alike.items() if get_ordered_pair((table, but), node) not in own
        }
    best = sorted(alike, key=lambda node: (-alike[node][0], node[0] != table, -node[1]))[:MOST]
    if not any(alike[node][1] for node in best):
        best = best[:OF_COMPANY]
    records = get_visible_records(best, user, SHOWN)
    return [SimilarRecord(KINDS[node[0]], records[node], *alike[node]) for node in best if node in records]


# What is read of the candidates, by table.
COLUMNS = {
    "lead": (
        "first_name", "last_name", "name_key", "company_key", "email_key", "second_email_key", "phone_normal",
        "mobile_normal",
    ),
    "contact": (
        "first_name", "last_name", "name_key", "company__name_key", "email_key", "second_email_key", "phone_normal",
        "mobile_normal",
    ),
    "company": ("name_key", "domains", "phone_normal"),
}  # fmt: skip


def _read_visible_rows(nodes: set[Node], user: User) -> dict[Node, dict[str, Any]]:
    """The columns of those that the user sees."""
    found = {}
    for kind in get_compared_kinds(user):
        if ids := [pk for table, pk in nodes if table == kind.name]:
            rows = kind.model.objects.present().visible_to(user).filter(pk__any=ids)
            for row in rows.values("pk", *COLUMNS[kind.name]):
                found[kind.name, row["pk"]] = row
    return found


def score_similarity(
    asked: RecordDetails, row: dict[str, Any], table: str, rules: DuplicateRules
) -> tuple[int, tuple[Reason, ...]] | None:
    """The score and the reasons; None if nothing is alike."""
    found: dict[Reason, int] = {}
    if set(get_personal_emails(row, "_key")) & set(asked.emails):
        found[Reason.EMAIL] = rules.get_score(Reason.EMAIL)
    if {row.get(f"{name}_normal") for name in PHONES} & set(asked.phones):
        found[Reason.PHONE] = rules.get_score(Reason.PHONE)
    if set(row.get("domains", ())) & set(asked.domains):
        found[Reason.DOMAIN] = rules.get_score(Reason.DOMAIN)
    person, company = get_name_keys(row, table)
    least = rules.similarity
    same = (
        measure_similarity(get_name_essence(company), get_name_essence(asked.company), least)
        if company and asked.company
        else 0
    )
    names = (
        measure_similarity(get_name_essence(person), get_name_essence(asked.name), least)
        if person and asked.name
        else 0
    )
    alike = min(same, names) if person or asked.name else same
    if alike:
        reason = Reason.SAME_NAME if alike == HIGHEST else Reason.SIMILAR
        found[reason] = rules.get_score(reason, int(alike))
    reasons = tuple(reason for reason in Reason if found.get(reason))
    if not reasons and not same:
        return None
    return max(found.values(), default=0), reasons


def get_name_keys(row: dict[str, Any], table: str) -> tuple[str, str]:
    """The keys of the person and of the company."""
    if table == "company":
        return "", row["name_key"]
    person = row["name_key"] if row["first_name"] or row["last_name"] else ""
    return person, row.get("company_key") or row.get("company__name_key") or ""
