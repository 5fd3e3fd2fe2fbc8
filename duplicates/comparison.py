"""The records of a group side by side: their names, and the fields in which they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst

from accounts.models import User
from crm.fields.types.field_type import EMPTY_VALUES, get_field_type
from crm.records.kinds.kind_registry import KINDS, Kind
from duplicates.duplicate_groups import DuplicateGroup
from duplicates.models.likeness import Reason
from duplicates.record_graph import Node
from duplicates.visible_records import get_visible_records

# The compared fields of each type, in the order in which they are shown.
FIELDS = {
    "lead": (
        "email", "second_email", "phone", "mobile", "company", "website", "city", "country", "status", "source", "owner",
        "department",
    ),
    "contact": (
        "email", "second_email", "phone", "mobile", "company", "title", "country", "owner", "department",
    ),
    "company": ("domain", "tax_id", "phone", "website", "city", "country", "owner", "department"),
}  # fmt: skip
# If all records have the same value in one of these, it is shown above them.
SHARED = ("email", "second_email", "phone", "mobile", "company", "domain", "tax_id", "website")
ORDER = list(dict.fromkeys(name for names in FIELDS.values() for name in names))
# A group shows so many records, and so many fields in which they differ.
MOST = 10
COLUMNS = 6
# The address of a merge has all their numbers.
MOST_MERGED = 100


@dataclass(frozen=True)
class ComparedRecord:
    """A record with its values, by the columns of its group; `may_change` as the user may."""

    kind: Kind
    record: Any
    cells: list[tuple[str, Any]]

    @property
    def value(self) -> str:
        return f"{self.kind.name}-{self.record.pk}"


@dataclass(frozen=True)
class Mergeable:
    """The records of one type in a group, for the button that leads to their merge."""

    kind: Kind
    ids: list[int]

    @property
    def count_text(self) -> str:
        return self.kind.words.counted(len(self.ids))

    @property
    def address(self) -> str:
        return (
            f"{reverse(f'duplicates:merge_{self.kind.name}')}?{urlencode({'record': self.ids}, doseq=True)}"
        )


@dataclass(frozen=True)
class ComparedGroup:
    """A group for its table. `same` are the titles and values that all records have, `more` the records that aren't shown."""

    score: int
    reasons: list[Reason]
    same: list[tuple[str, str]]
    titles: list[str]
    lines: list[ComparedRecord]
    more: int
    # The types of which the user may merge at least two records.
    merges: list["Mergeable"]

    @property
    def title(self) -> str:
        return str(self.lines[0].record)

    @property
    def number(self) -> int:
        return len(self.lines) + self.more

    @property
    def may_change(self) -> bool:
        return not self.more and all(line.record.may_change for line in self.lines)


def build_comparisons(groups: Sequence[DuplicateGroup], user: User) -> list[ComparedGroup]:
    """In as many queries for a page of groups as for one."""
    records = get_visible_records([node for group in groups for node in group.nodes[:MOST]], user)
    found = [_build_compared_group(group, records, user) for group in groups]
    return [group for group in found if len(group.lines) > 1]


def _build_compared_group(group: DuplicateGroup, records: dict[Node, Any], user: User) -> ComparedGroup:
    shown = [(KINDS[node[0]], records[node]) for node in group.nodes[:MOST] if node in records]
    names = [name for name in ORDER if _has_difference(name, shown)][:COLUMNS]
    titles = [_get_title(name, shown) for name in names]
    lines = [
        ComparedRecord(
            kind,
            record,
            [(title, _get_cell(name, kind, record)) for name, title in zip(names, titles, strict=True)],
        )
        for kind, record in shown
    ]
    same = [(_get_title(name, shown), text) for name in SHARED if (text := _get_common_value(name, shown))]
    more = len(group.nodes) - len(shown)
    merges = _build_merge_offers(group, lines, user)
    return ComparedGroup(group.score, group.reasons, same, titles, lines, more, merges)


def _build_merge_offers(
    group: DuplicateGroup, lines: Sequence[ComparedRecord], user: User
) -> list[Mergeable]:
    """Records that aren't shown take part too; the page of the merge says which ones can't be changed."""
    found = []
    for kind in dict.fromkeys(line.kind for line in lines):
        changeable = [line for line in lines if line.kind is kind and line.record.may_change]
        if len(changeable) > 1 and user.has_perm(kind.get_right("delete")):
            found.append(
                Mergeable(kind, [pk for table, pk in group.nodes if table == kind.name][:MOST_MERGED])
            )
    return found


def _get_common_value(name: str, shown: Sequence[tuple[Kind, Any]]) -> str:
    """The value that all of them have in this field, or ''."""
    if not shown or any(name not in FIELDS[kind.name] for kind, _record in shown):
        return ""
    texts = {_get_plain_text(name, kind, record) for kind, record in shown}
    return texts.pop() if len(texts) == 1 else ""


def _has_difference(name: str, shown: Sequence[tuple[Kind, Any]]) -> bool:
    """Whether two records have different values, or one has none."""
    having = [(kind, record) for kind, record in shown if name in FIELDS[kind.name]]
    values = {_get_plain_text(name, kind, record) for kind, record in having}
    return len(values) > 1 or (len(having) < len(shown) and values - {""} != set())


def _get_plain_text(name: str, kind: Kind, record: Any) -> str:
    """For comparing: the texts of linked records, so that a lead's company and a contact's company can be the same."""
    value = getattr(record, name)
    return "" if value in EMPTY_VALUES else str(value)


def _get_title(name: str, shown: Sequence[tuple[Kind, Any]]) -> str:
    model = next(kind.model for kind, _record in shown if name in FIELDS[kind.name])
    field: Any = model._meta.get_field(name)
    return capfirst(str(field.verbose_name))


def _get_cell(name: str, kind: Kind, record: Any) -> Any:
    if name not in FIELDS[kind.name]:
        return ""
    field: Any = kind.model._meta.get_field(name)
    return get_field_type(field).render_cell(field, record)
