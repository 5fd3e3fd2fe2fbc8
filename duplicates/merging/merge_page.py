"""The page of a merge: the records side by side, the fields in which they differ, and what moves to the kept one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.types.field_type import get_field_type
from crm.platform.web.id_parsing import parse_ids, parse_number
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import get_records_for_page
from duplicates.merging.emails_and_phones import PARTNERS, SpareAddress, get_spare_addresses
from duplicates.merging.field_values import (
    RecordPart,
    RecordValues,
    choose_source,
    choose_survivor,
    get_record_parts,
    may_choose,
    read_values,
)
from duplicates.merging.merge_verb import Merge, MergeGroup, get_merge_problem
from duplicates.merging.moved_counts import describe_moved_items

LEAST, MOST = 2, 500
# So many records are shown side by side; of more, only the kept one is chosen.
SIDE_BY_SIDE = 10


@dataclass(frozen=True)
class MergeCell:
    """The value of a record in a field, and whether it is the one that is kept."""

    record: Any
    text: Any
    chosen: bool


@dataclass(frozen=True)
class MergeRow:
    name: str
    label: str
    cells: list[MergeCell]

    @property
    def input(self) -> str:
        return f"keep_{self.name}"


@dataclass(frozen=True)
class AddressOffer:
    """A field of the kept record that is empty, and whether it takes an address that another field doesn't keep."""

    name: str
    label: str
    text: str
    chosen: bool


@dataclass
class MergePage:
    """`data` is what a form has sent, if one has. `ids` are those that the user sees, at most MOST."""

    kind: Kind
    ids: list[int]
    user: User
    data: Any = None
    errors: list[str] = field(default_factory=list)

    @cached_property
    def records(self) -> list[Any]:
        """Those that the user may change, then the others; without those in Trash."""
        columns = None if self.is_wide else [*self.kind.fields.PREVIEW, "created_at"]
        found = get_records_for_page(
            self.kind, self.ids, columns, seen_by=self.user, viewer=self.user, whole=columns is None
        )
        present = set(self.kind.model.objects.present().filter(pk__any=self.ids).values_list("pk", flat=True))
        return sorted(
            (one for one in found if one.pk in present), key=lambda one: (not one.may_change, one.pk)
        )

    @property
    def open(self) -> list[Any]:
        return [one for one in self.records if one.may_change]

    @property
    def unchangeable_records(self) -> list[Any]:
        return [one for one in self.records if not one.may_change]

    @cached_property
    def values(self) -> Mapping[int, RecordValues]:
        return read_values(self.kind.model, [one.pk for one in self.open])

    @property
    def count_text(self) -> str:
        return self.kind.words.counted(len(self.open))

    @cached_property
    def is_wide(self) -> bool:
        """Whether they are few enough to show each field of them side by side."""
        rows = self.kind.model.objects.present().changeable_by(self.user)
        return rows.filter(pk__any=self.ids).count() <= SIDE_BY_SIDE

    @cached_property
    def converted(self) -> set[int]:
        return {pk for pk, one in self.values.items() if one.is_converted}

    @cached_property
    def kept(self) -> int:
        """The record that is kept: as sent, or as the rules choose it."""
        sent = parse_number(self.data.get("kept", "")) if self.data else None
        return (
            sent if sent is not None and sent in self.values else choose_survivor(list(self.values.values()))
        )

    @cached_property
    def selected(self) -> set[int]:
        """Those that take part; all, until a form says otherwise."""
        return set(parse_ids(self.data.getlist("part"))) & set(self.values) if self.data else set(self.values)

    @cached_property
    def belongings(self) -> dict[int, str]:
        return describe_moved_items(self.kind, list(self.values), self.user)

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The records with what the head of their column shows."""
        return [
            {
                "record": one,
                "version": self.values[one.pk].version,
                "updated_at": self.values[one.pk].updated_at,
                "kept": one.pk == self.kept,
                "may_be_kept": not self.converted or one.pk in self.converted,
                "selected": one.pk in self.selected,
                "belongings": self.belongings.get(one.pk, ""),
            }
            for one in self.open
        ]

    @cached_property
    def _record_parts(self) -> list[RecordPart]:
        model = self.kind.model
        return [part for part in get_record_parts(model) if may_choose(part, model, self.user)]

    @property
    def rows(self) -> list[MergeRow]:
        """The fields in which the records differ. A converted lead keeps its own values."""
        if self.converted or not self.is_wide:
            return []
        return [self._build_row(part) for part in self._record_parts if self._has_different_values(part)]

    @property
    def equal_values(self) -> list[tuple[str, Any]]:
        """The labels and values of the other fields that aren't empty."""
        if not self.is_wide or not self.open:
            return []
        first = self.open[0]
        alike = [
            part
            for part in self._record_parts
            if not self._has_different_values(part) and not self.values[first.pk].is_empty(part.name)
        ]
        return [(self._get_label(part), self._get_text(part, first)) for part in alike]

    @cached_property
    def _addresses(self) -> tuple[dict[str, SpareAddress], list[str]]:
        """With every offer taken, by the values that are chosen now."""
        parts = {part.name: part for part in self._record_parts if part.name in PARTNERS}
        among = [one for pk, one in self.values.items() if pk in {*self.selected, self.kept}]
        if not self.is_wide or not among:
            return {}, []
        return get_spare_addresses(among, {name: self._get_source(part) for name, part in parts.items()})

    @property
    def offers(self) -> list[AddressOffer]:
        """Preset: an address is only dropped if the user says so."""
        labels = {part.name: self._get_label(part) for part in self._record_parts}
        found = self._addresses[0]
        return [
            AddressOffer(name, labels[name], spare.text, name not in self._declined_offers)
            for name, spare in found.items()
        ]

    @property
    def unknown_addresses_text(self) -> str:
        """The addresses for which the kept record has no field."""
        return ", ".join(self._addresses[1])

    @property
    def _declined_offers(self) -> tuple[str, ...]:
        """The empty fields that stay empty, because the user didn't leave their offer selected."""
        taken = self.data.getlist("also") if self.data else PARTNERS
        return tuple(name for name in PARTNERS if name not in taken)

    def _has_different_values(self, part: RecordPart) -> bool:
        found = [one.parts.get(part.name) for one in self.values.values()]
        return any(value != found[0] for value in found)

    def _get_source(self, part: RecordPart) -> int:
        """The record of the value that is chosen now."""
        others = [one for pk, one in self.values.items() if pk != self.kept and pk in self.selected]
        sent = parse_number(self.data.get(f"keep_{part.name}", "")) if self.data else None
        return choose_source(part, self.values[self.kept], others, sent if sent in self.values else None)

    def _build_row(self, part: RecordPart) -> MergeRow:
        source = self._get_source(part)
        cells = [MergeCell(one, self._get_text(part, one), one.pk == source) for one in self.open]
        return MergeRow(part.name, self._get_label(part), cells)

    def _get_label(self, part: RecordPart) -> str:
        if part.name == "owner":
            return _("Owner and department")
        return str(capfirst(part.field.verbose_name))

    def _get_text(self, part: RecordPart, record: Any) -> Any:
        """As plain text, because a link in a label would open instead of choosing."""
        if part.name == "owner":
            owner = str(record.owner) if record.owner else _("Unassigned")
            return f"{owner}, {record.department}"
        if self.values[record.pk].is_empty(part.name) and not isinstance(
            self.values[record.pk].parts.get(part.name), bool
        ):
            return str(get_field_type(part.field).none)
        words = get_field_type(part.field).format_value(
            part.field, getattr(record, part.field.name), self.user
        )
        if part.name == "value":
            return f"{words} {record.currency}"
        return words

    @property
    def problem(self) -> str:
        """Why these records can't be merged at all, as a code; ''."""
        return get_merge_problem(list(self.values.values()), self.kept) if self.values else ""

    def build_verb(self) -> Merge:
        """What the form asks for: the kept record, the others that take part, and the value of each field."""
        merged = tuple(sorted(self.selected - {self.kept}))
        group = MergeGroup(
            self.kept, merged, self._get_chosen_sources({self.kept, *merged}), self._declined_offers
        )
        versions = {pk: parse_number(self.data.get(f"version_{pk}", "")) or 0 for pk in group.ids}
        return Merge(self.kind.name, (group,), versions)

    def _get_chosen_sources(self, among: set[int]) -> dict[str, int]:
        names = {part.name for part in self._record_parts}
        sent = {name: parse_number(self.data.get(f"keep_{name}", "")) for name in names}
        return {name: pk for name, pk in sent.items() if pk in among}
