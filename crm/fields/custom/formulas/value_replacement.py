"""Formulas that compare with a choice, when another one takes its place: they are rewritten, or the merge is refused with their name.

A formula keeps the key of a choice that it compares a field with. Another text, such as that of several choices or of another
formula, is compared as it is: no one but its author knows what it has to be then.
"""

import re
from collections.abc import Collection, Iterator

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from crm.fields.custom.formulas.formula_set import FormulaSet, replace_marks
from crm.fields.custom.formulas.syntax_tree import CheckedFormula, FormulaMark, TypedNode
from crm.models import CustomField
from crm.platform.record_types import RECORD_TYPES
from crm.platform.text.quotation import quote_text
from crm.platform.text.text_folding import fold_text


def replace_choice_in_formulas(name: str, old: int | str, new: int | str) -> None:
    """All formulas that compare this field with the old choice compare it with the new one."""
    for row, formula in _iterate_formulas():
        after = replace_formula_choice(formula, name, str(old), str(new))
        if after != row.formula:
            CustomField.objects.filter(pk=row.pk).update(formula=after)


def replace_formula_choice(formula: CheckedFormula, name: str, old: str, new: str) -> str:
    """The stored text of the formula; each choice is a key after @."""

    def get_new_text(mark: FormulaMark) -> str:
        if mark.source.name == name and mark.key == old:
            return f'@"{new}"'
        return formula.text[mark.start : mark.end]

    return replace_marks(formula, get_new_text)


def find_formulas_comparing(name: str, key: str) -> list[CustomField]:
    """The formulas that compare this field with the choice."""
    return [
        row
        for row, formula in _iterate_formulas()
        if any(mark.source.name == name and mark.key == key for mark in formula.marks)
    ]


def get_rewrite_obstacle(name: str, labels: Collection[str]) -> str:
    """Which formulas compare a text that has this field in it with one of these labels of its choice; '' if there are none."""
    wanted = {fold_text(label) for label in labels}
    rows = [row for row, formula in _iterate_formulas() if compares_text(formula.tree, name, wanted)]
    if not rows:
        return ""
    names = get_text_list([quote_text(row.label) for row in rows], _("and"))
    words = _("Change these formulas first, because they compare with the text of this choice: %(names)s.")
    return words % {"names": names}


def compares_text(part: TypedNode, name: str, wanted: Collection[str]) -> bool:
    """Whether a part of the formula compares a text that reads this field with one that has one of these folded labels in it."""
    if part.name in ("=", "!="):
        for text, other in (part.parts, part.parts[::-1]):
            if (
                text.name == "text"
                and _reads_field(other, name)
                and _has_label(fold_text(text.value), wanted)
            ):
                return True
    return any(compares_text(inner, name, wanted) for inner in part.parts)


def _has_label(text: str, wanted: Collection[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(label)}(?!\w)", text) for label in wanted)


def _reads_field(part: TypedNode, name: str) -> bool:
    """Whether the value comes from this field, also through other formulas."""
    if part.name == "field":
        formula = part.value.formula
        return part.value.name == name or bool(formula and _reads_field(formula.tree, name))
    return any(_reads_field(inner, name) for inner in part.parts)


def _iterate_formulas() -> Iterator[tuple[CustomField, CheckedFormula]]:
    """Those of all record types. One that can't be computed has no fields."""
    definitions: dict[str, list[CustomField]] = {}
    for row in CustomField.objects.in_order():
        definitions.setdefault(row.table_of, []).append(row)
    for table, rows in definitions.items():
        book = FormulaSet(RECORD_TYPES[table], rows)
        for row in rows:
            if row.type == CustomField.Type.FORMULA and not row.deleted:
                yield row, book.get_formula(row)
