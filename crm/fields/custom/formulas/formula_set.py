"""The formulas of one record type with the fields that they name: from stored texts, and from what a person types."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.formulas.available_fields import (
    FormulaSource,
    build_custom_source,
    build_formula_source,
    get_built_in_sources,
)
from crm.fields.custom.formulas.formula_parser import find_field_names
from crm.fields.custom.formulas.syntax_tree import NOTHING, TEXT, CheckedFormula, FormulaError, FormulaMark
from crm.fields.custom.formulas.type_checker import check_formula
from crm.fields.models.custom_field import CustomField, is_key
from crm.platform.record_types import RECORD_TYPES, RecordType
from crm.platform.text.text_folding import fold_text

Type = CustomField.Type
# Formulas that use each other, one below the other.
DEEPEST = 20


def build_formula_set(table: str, definitions: Iterable[CustomField]) -> "FormulaSet":
    return FormulaSet(RECORD_TYPES[table], definitions)


class FormulaSet:
    """`definitions` are all custom fields of the record type, also those that were deleted."""

    def __init__(self, kind: RecordType, definitions: Iterable[CustomField]) -> None:
        self.kind = kind
        self.definitions = {row.key: row for row in definitions}
        self.columns = get_built_in_sources(kind)
        self.checked: dict[str, CheckedFormula] = {}
        self.being_read: list[str] = []

    def get_formula(self, definition: CustomField) -> CheckedFormula:
        """A formula that can't be computed, such as one with a deleted field, is empty and knows its problem."""
        key = definition.key
        if key not in self.checked:
            self.being_read.append(key)
            try:
                self.checked[key] = check_formula(definition.formula, self.get_source)
            except FormulaError as error:
                self.checked[key] = CheckedFormula(NOTHING, TEXT, definition.formula, problem=error.problem)
            finally:
                self.being_read.pop()
        return self.checked[key]

    def get_source(self, name: str, at: int | None = None) -> FormulaSource:
        """The field with this name in a stored formula. Raises FormulaError."""
        definition = self.definitions.get(name)
        found = self.columns.get(name) if definition is None else self._get_definition_source(definition, at)
        if found is None or (definition and definition.deleted):
            raise FormulaError(_("A field that the formula uses was deleted."), at)
        return found

    def _get_definition_source(self, definition: CustomField, at: int | None) -> FormulaSource | None:
        if definition.type != Type.FORMULA:
            return build_custom_source(definition)
        if definition.key in self.being_read:
            raise FormulaError(_("The formula uses itself."), at)
        if len(self.being_read) >= DEEPEST:
            raise FormulaError(_("Too many formulas use each other."), at)
        formula = self.get_formula(definition)
        if formula.problem:
            words = _("“%(name)s” can’t be computed: %(problem)s")
            raise FormulaError(words % {"name": definition.label, "problem": formula.problem}, at)
        return build_formula_source(definition, formula)

    def get_formulas_using(self, definition: CustomField) -> list[CustomField]:
        """The formulas that name the field, in order."""
        return [
            row
            for row in self.definitions.values()
            if row.type == Type.FORMULA and not row.deleted and definition.key in get_field_names(row.formula)
        ]

    def get_used_keys(self, definition: CustomField) -> set[str]:
        """The keys of the custom fields that a formula uses, also through other formulas."""
        found: set[str] = set()
        left = [definition.key]
        while left:
            row = self.definitions.get(left.pop())
            if row is not None and row.type == Type.FORMULA:
                new = {name for name in get_field_names(row.formula) if is_key(name)} - found
                found |= new
                left += new
        return found


def get_field_names(text: str) -> set[str]:
    """The names of fields in a stored formula."""
    try:
        return {name for name, _start, _end in find_field_names(text)}
    except FormulaError:
        return set()


class FormulaReader:
    """Reads formulas that a person types, with labels instead of names. `seen` are the keys of the custom fields that they
    may name, `own` is the definition of the formula, whose label isn't one of them, and `headings` are those of the list."""

    def __init__(
        self, book: FormulaSet, seen: Iterable[str], own: CustomField, headings: Callable[[], Iterable[str]]
    ) -> None:
        self.book, self.own, self.headings = book, own, headings
        known = get_field_names(own.formula) if own.formula else set()
        definitions = [row for key, row in book.definitions.items() if key in {*seen} | known]
        self.custom = [
            row for row in definitions if not row.deleted and (not row.retired or row.key in known)
        ]
        self.by_label: dict[str, str] = {}
        for place in range(4):
            for name, labels in self._get_labels_by_name().items():
                if place < len(labels):
                    self.by_label.setdefault(fold_text(labels[place]), name)

    def _get_labels_by_name(self) -> dict[str, list[str]]:
        found = {name: source.labels() for name, source in self.book.columns.items()}
        return found | {
            row.key: [row.label, row.name, row.name_ro or row.name]
            for row in self.custom
            if row.pk != self.own.pk
        }

    def check(self, text: str) -> CheckedFormula:
        """Raises FormulaError."""
        return check_formula(text, self.find_source)

    def find_source(self, label: str, at: int) -> FormulaSource:
        name = self.by_label.get(fold_text(label))
        if name is None and label in self._get_labels_by_name():
            name = label
        if name is None:
            raise FormulaError(self._describe_unknown(label), at)
        definition = self.book.definitions.get(name)
        if definition and self.own.pk and self.own.key in self.book.get_used_keys(definition):
            words = _("“%(name)s” already uses this formula, so this formula can’t use it.")
            raise FormulaError(words % {"name": definition.label}, at)
        if definition and definition.type != Type.FORMULA and build_custom_source(definition) is None:
            raise FormulaError(_get_unusable_sentence(label), at)
        return self.book.get_source(name, at)

    def _describe_unknown(self, label: str) -> str:
        told = {"name": label[:60], "records": self.records_name}
        if self.own.pk and fold_text(label) in (fold_text(self.own.name), fold_text(self.own.label)):
            return _("A formula can’t use itself.")
        if fold_text(label) in map(fold_text, self.headings()):
            return _get_unusable_sentence(label)
        close = get_close_matches(fold_text(label), self.by_label, n=1, cutoff=0.7)
        if close:
            told["close"] = self.book.get_source(self.by_label[close[0]]).label
            return _("“%(name)s” isn’t a field of %(records)s. Did you mean “%(close)s”?") % told
        return _("“%(name)s” isn’t a field of %(records)s.") % told

    @property
    def records_name(self) -> str:
        return str(self.book.kind.words.many)

    def format_formula(self, formula: CheckedFormula) -> str:
        """The text of a stored formula with the labels of today."""
        return replace_marks(formula, lambda mark: self._format_mark(mark))

    def _format_mark(self, mark: FormulaMark) -> str:
        source = mark.source
        if mark.key is not None:
            label = (source.choices() or {}).get(mark.key, mark.key)
            return '"{}"'.format(label.replace('"', '""'))
        label = source.label
        name = label if self.by_label.get(fold_text(label)) == source.name else source.name
        return "{" + name.replace("{", "{{").replace("}", "}}") + "}"

    def get_offered_sources(self) -> list[FormulaSource]:
        """The fields that a formula can name: built-in ones, then custom ones."""
        rows = [row for row in self.custom if row.pk != self.own.pk and not row.retired]
        if self.own.pk:
            rows = [row for row in rows if self.own.key not in self.book.get_used_keys(row)]
        found = list(self.book.columns.values())
        for row in rows:
            try:
                source = self.book.get_source(row.key)
            except FormulaError:
                continue
            found.append(source)
        return found


def _get_unusable_sentence(label: str) -> str:
    words = _(
        "A formula can’t use “%(name)s”. It can use numbers, money, dates, texts, choices, and yes or no."
    )
    return words % {"name": label[:60]}


def get_stored_text(formula: CheckedFormula) -> str:
    """The text of a formula with the names of fields and the keys of choices, which never change."""
    return replace_marks(
        formula, lambda mark: f"{{{mark.source.name}}}" if mark.key is None else f'@"{mark.key}"'
    )


def replace_marks(formula: CheckedFormula, text_of: Any) -> str:
    text = formula.text
    for mark in sorted(formula.marks, key=lambda mark: -mark.start):
        text = f"{text[: mark.start]}{text_of(mark)}{text[mark.end :]}"
    return text
