"""Records with the same name that aren't the same: which of them a row means, if any, and which earlier row it repeats.

Names alone say little about some kinds: several companies have a deal called "Renewal", and in several towns there is a company
called "Omnia". So a kind says which fields tell its records of the same name apart (ImportRules.namesakes).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.models import Import
from crm.platform.text.text_folding import fold_text
from crm.templatetags.look import number
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.namesake_details import Namesakes
from crm.transfer.imports.columns.file_columns import NEW_FIELD

# So many earlier rows of one name are compared one by one; of more, only equal ones are repeated.
MOST = 200
# A mark that is the text of a cell without a value here.
UNKNOWN = "? "


@dataclass(frozen=True)
class Marks:
    """What tells a record or a row apart from others of its name, as texts: '' is an empty field. `ids` are those of other
    programs, by unique field."""

    certain: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((*self.certain, *self.likely, *self.ids))


NO_MARKS = Marks()


class DistinguishingFields:
    """The fields of one import that tell records of the same name apart."""

    def __init__(
        self, rules: ImportRules, namesakes: Namesakes, mapping: Collection[str], new: Collection[str]
    ) -> None:
        """`new` are the unique fields that the import will create."""
        self.rules, self.empty_counts = rules, namesakes.empty_counts
        self.certain = [name for name in namesakes.certain if name in mapping]
        self.likely = [name for name in namesakes.likely if name in mapping]
        self.ids = [name for name in mapping if name in rules.unique_fields or name in new]

    @property
    def names(self) -> list[str]:
        return [*self.certain, *self.likely, *self.ids]

    def build_marks(self, values: Mapping[str, Any], shown: Mapping[str, str] | None = None) -> Marks:
        """`shown` are the texts of cells: one that has no value here still says that the record is another one."""
        texts = {
            name: self._get_comparable_text(name, values.get(name), (shown or {}).get(name, ""))
            for name in self.names
        }
        parts = (tuple(texts[name] for name in names) for names in (self.certain, self.likely, self.ids))
        return Marks(*parts)

    def _get_comparable_text(self, name: str, value: Any, shown: str) -> str:
        if value in (None, ""):
            return f"{UNKNOWN}{fold_text(shown)}" if shown else ""
        if isinstance(value, Decimal):
            return format(value.normalize(), "f")
        letters = "".join(letter for letter in fold_text(str(value)) if letter.isalnum())
        return self.rules.get_distinguishing_text(name, letters)

    def may_be_one(self, one: Marks, other: Marks) -> bool:
        """Whether nothing says for certain that these two are different."""
        if self.empty_counts and one.certain != other.certain:
            return False
        return not (has_difference(one.certain, other.certain) or has_difference(one.ids, other.ids))

    def is_repeat(self, one: Marks, other: Marks) -> bool:
        """Whether nothing says that these two rows are different."""
        return self.may_be_one(one, other) and not has_difference(one.likely, other.likely)


def has_difference(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two values that are both there differ."""
    return any(a and b and a != b for a, b in zip(one, other, strict=True))


def count_equal_values(one: Iterable[str], other: Iterable[str]) -> int:
    """How many values that are both there are the same."""
    return sum(bool(a) and a == b for a, b in zip(one, other, strict=True))


class RecordsOfNames:
    """The records of each name."""

    def __init__(self, told: DistinguishingFields) -> None:
        self.told = told
        self.records: dict[tuple[str, ...], dict[int, Marks]] = defaultdict(dict)

    def add(self, text: str, pk: int, marks: Marks) -> None:
        self.records[self._get_group_key(text, marks)][pk] = marks

    def _get_group_key(self, text: str, marks: Marks) -> tuple[str, ...]:
        """Where an empty value counts, only records with the same values are looked at: hundreds may have the name."""
        return (text, *marks.certain) if self.told.empty_counts else (text,)

    def find_meant_record(self, text: str, row: Marks, *, often: bool) -> tuple[int | None, int]:
        """The record that a row means, or how many it may mean if that is unclear. `often` says that the file has the name in
        several rows: then a row that agrees in nothing with the records of this name is another one."""
        records = self.records.get(self._get_group_key(text, row), {})
        left = [pk for pk, marks in records.items() if self.told.may_be_one(row, marks)]
        if not records:
            records, left = self._find_without_unknown(text, row)
        if own := [pk for pk in left if count_equal_values(row.ids, records[pk].ids)]:
            left = own
        elif often:
            left = [pk for pk in left if not is_other(row.likely, records[pk].likely)]
        if left:
            most = max(count_equal_values(row.likely, records[pk].likely) for pk in left)
            best = [pk for pk in left if count_equal_values(row.likely, records[pk].likely) == most]
            left = best if len(best) == 1 else left
        return (left[0], 0) if len(left) == 1 else (None, len(left))

    def _find_without_unknown(self, text: str, row: Marks) -> tuple[dict[int, Marks], list[int]]:
        """For a row whose company, say, isn't known here and was left empty by an earlier import: the records without one that
        agree with it in all else."""
        known = tuple("" if value.startswith(UNKNOWN) else value for value in row.certain)
        records = self.records.get((text, *known), {}) if known != row.certain else {}
        left = [
            pk
            for pk, marks in records.items()
            if count_equal_values(row.likely, marks.likely)
            and not has_difference(row.likely + row.ids, marks.likely + marks.ids)
        ]
        return records, left


def is_other(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two that can be compared agree in nothing."""
    return has_difference(one, other) and not count_equal_values(one, other)


class EarlierRows:
    """The rows so far that later rows may repeat, by name."""

    def __init__(self, told: DistinguishingFields) -> None:
        self.told = told
        self.rows: dict[str, list[tuple[int, Marks]]] = defaultdict(list)
        self.same: dict[tuple[str, Marks], int] = {}
        self.marks: dict[int, Marks] = {}

    def add(self, text: str, row: int, marks: Marks) -> None:
        self.marks[row] = marks
        self.same.setdefault((text, marks), row)
        if len(self.rows[text]) < MOST:
            self.rows[text].append((row, marks))

    def find_repeated_row(self, text: str, marks: Marks) -> int | None:
        """The first row that a row with this name and these marks repeats."""
        found = (row for row, other in self.rows.get(text, ()) if self.told.is_repeat(marks, other))
        return next(found, None) or self.same.get((text, marks))

    def is_repeated(self, row: int, marks: Marks) -> bool:
        """Whether a row with these marks repeats this one."""
        return row not in self.marks or self.told.is_repeat(marks, self.marks[row])


class LateRecords:
    """The records that others have added since a plan was made, by name and by what tells them apart for certain."""

    def __init__(self, told: DistinguishingFields, model: Any, newer: Any, column: str) -> None:
        self.told, self.records = told, RecordsOfNames(told)
        # Planned values have the names of the database columns.
        self.names = {name: model._meta.get_field(name).attname for name in told.certain}
        for text, pk, *values in newer.values_list(column, "pk", *self.names.values()):
            self.records.add(text, pk, self._build_marks(dict(zip(self.names.values(), values, strict=True))))

    def _build_marks(self, values: Mapping[str, Any]) -> Marks:
        told = self.told.build_marks({name: values.get(column) for name, column in self.names.items()})
        return Marks(told.certain, ("",) * len(told.likely), ("",) * len(told.ids))

    def has_record(self, text: str, planned: Mapping[str, Any]) -> bool:
        """Whether one of them may be the record that this row would add."""
        return any(self.records.find_meant_record(text, self._build_marks(planned), often=False))


class OftenNamed:
    """The names that several rows of a file have, folded as the database folds them."""

    def __init__(self, imported: Import, name: str, function: str) -> None:
        self.imported, self.place, self.function = imported, imported.find_column_index(name), function

    def __contains__(self, text: object) -> bool:
        return text in self._texts

    @cached_property
    def _texts(self) -> set[str]:
        if self.place is None:
            return set()
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT {self.function}(btrim(coalesce(fixes->>%s, cells->>%s))) FROM crm_importrow
                    WHERE of_id = %s GROUP BY 1 HAVING count(*) > 1""",
                [str(self.place), self.place, self.imported.pk],
            )
            return {text for (text,) in cursor.fetchall()}


def fill_in_namesakes(
    found: Any, rows: Iterable[Any], records: Any, recognition: Any, attributes: Mapping[str, str]
) -> None:
    """Find the record of each of these rows, given as their keys, among those of its name. `attributes` are the fields of a
    record that are read."""
    told, column = recognition.told, recognition.column
    names = [name for name in told.names if name in attributes]
    texts = list({keys.field for keys in rows if keys.field})
    there = annotate_custom_values(records.filter(**{f"{column}__in": texts}), names).order_by("pk")
    known = RecordsOfNames(told)
    for text, pk, *values in there.values_list(column, "pk", *(attributes[name] for name in names)):
        known.add(text, pk, told.build_marks(dict(zip(names, values, strict=True))))
    for keys in rows:
        pair = (keys.field, keys.marks)
        if keys.field and pair not in found.meant:
            pk, several = known.find_meant_record(*pair, often=keys.field in recognition.often)
            if pk:
                found.meant[pair] = pk
            elif several:
                found.unclear[pair] = several


def get_unclear_reason(keys: Any, found: Any) -> str:
    """Why a row means none of the records that have its value, or ''."""
    several = found.several.get(keys.field) or found.unclear.get((keys.field, keys.marks))
    if not several:
        return ""
    words = _("%(number)s of your records have this value, so it’s unclear which one this row belongs to.")
    return words % {"number": number(several)}


class RowsMeant:
    """Which record and which earlier row a row means, while the rows of a file are planned one after the other."""

    def __init__(self, told: DistinguishingFields) -> None:
        self.told, self.earlier = told, EarlierRows(told)

    def mark_all(self, keys: Iterable[Any], cells: Iterable[Mapping[str, Any]]) -> None:
        for row_keys, row_cells in zip(keys, cells, strict=True):
            self.mark(row_keys, row_cells)

    def mark(self, keys: Any, cells: Mapping[str, Any]) -> None:
        """Give the keys of a row its marks."""
        told = {name: cells[name] for name in self.told.names if name in cells and not cells[name].clears}
        values = {name: cell.value for name, cell in told.items()}
        keys.marks = self.told.build_marks(values, {name: cell.shown for name, cell in told.items()})

    def find_record_and_row(
        self, keys: Any, found: Any, means: Mapping[int, int]
    ) -> tuple[int | None, int | None]:
        """The record, and the row that this one repeats. `means` are the rows of the records that earlier ones mean: one that
        differs from such a row is another record."""
        pk = found.meant.get((keys.field, keys.marks))
        repeated = self.earlier.find_repeated_row(keys.field, keys.marks) if keys.field else None
        if pk in means and not repeated:
            if not self.earlier.is_repeated(means[pk], keys.marks):
                return None, None
            repeated = means[pk]
        return pk, repeated

    def add(self, keys: Any, row: int) -> None:
        if keys.field:
            self.earlier.add(keys.field, row, keys.marks)


def get_distinguishing_details(rules: ImportRules, key: str, imported: Import) -> DistinguishingFields | None:
    """What tells records of the same name apart in an import that matches by this field; None if nothing does."""
    if rules.namesakes is None or key != rules.namesakes.name:
        return None
    new = [f"{NEW_FIELD}{place}" for place, told in imported.new_fields.items() if told.get("unique")]
    return DistinguishingFields(rules, rules.namesakes, imported.mapping, new)
