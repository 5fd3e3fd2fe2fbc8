"""Cells made values: each distinct cell of a column is cleaned once, by the widgets of the Resource.

What a cell names but does not exist here becomes what a person has decided for it: another value, nothing, a new
status, source or tag that apply will make, or an error.
"""

from dataclasses import dataclass
from typing import Any

from crm.excel.read import value_of
from crm.excel.widgets import Unknown, text_of
from leads.excel import LeadResource
from leads.excel_lookups import TagsCell
from leads.imports.columns import TO_DESCRIPTION, WHOLE_NAME
from leads.imports.options import CLEAR

# What apply is to make first stands as this and its name in the values of a row.
TO_MAKE = "new:"
# Distinct cells kept a column: enough for columns of choices, little for columns of names.
REMEMBERED = 5_000

# Fields in which apply can make a value that nobody knows.
CAN_BE_MADE = ["status", "source", "tags"]


@dataclass(frozen=True)
class Cell:
    """A cleaned cell: its value by column of the database, or the sentence why there is none.

    `unknown` are the names in it that do not exist here, decided or not; `shown` is the text that stands in the cell.
    """

    shown: str
    value: Any = None
    error: str = ""
    unknown: tuple[str, ...] = ()
    empty: bool = False
    clears: bool = False


class Cleaner:
    """Cleans the rows of one import. `fields` are the mapped columns: (place, field)."""

    def __init__(
        self, resource: LeadResource, mapping: list[str], decisions: dict[str, dict[str, Any]]
    ) -> None:
        self.resource, self.decisions = resource, decisions
        self.fields = [(place, name) for place, name in enumerate(mapping) if name and name != TO_DESCRIPTION]
        self.lines = [place for place, name in enumerate(mapping) if name == TO_DESCRIPTION]
        self.remembered: list[dict[tuple[str, str], Cell]] = [{} for _place in self.fields]

    def row(self, kinds: str, cells: list[str], fixes: dict[str, str]) -> dict[str, Cell]:
        """The cells of a row by field."""
        found = {}
        for number, (place, name) in enumerate(self.fields):
            if fixes and str(place) in fixes:
                key = ("s", fixes[str(place)])
            elif place < len(cells):
                key = (kinds[place] if kinds else "s", cells[place])
            else:
                key = ("s", "")
            remembered = self.remembered[number]
            cell = remembered.get(key)
            if cell is None:
                if len(remembered) > REMEMBERED:
                    remembered.clear()
                cell = remembered[key] = self.cell(name, *key)
            found[name] = cell
        return found

    def cell(self, name: str, kind: str, text: str) -> Cell:
        if kind == "e":
            return Cell(text, error=_error_words(text))
        value = value_of(kind, text)
        shown = text_of(value)
        if not shown:
            return Cell("", empty=True)
        if shown == CLEAR:
            return Cell(shown, clears=True)
        if name == WHOLE_NAME:
            return Cell(shown, value=shown)
        try:
            if name == "tags":
                return self.tags(shown)
            return Cell(shown, value=self.resource.widget(name).clean(value))
        except Unknown as unknown:
            return self.decided(name, shown, str(unknown))
        except ValueError as error:
            return Cell(shown, error=str(error))

    def decided(self, name: str, shown: str, sentence: str) -> Cell:
        decision = self.decisions.get(name, {}).get(shown, "refuse")
        named = (shown,)
        if decision == "refuse":
            return Cell(shown, error=sentence, unknown=named)
        if decision == "empty":
            return Cell(shown, empty=True, unknown=named)
        if decision == "create":
            return Cell(shown, value=f"{TO_MAKE}{shown}", unknown=named)
        return Cell(shown, value=decision, unknown=named)

    def tags(self, shown: str) -> Cell:
        """Each name on its own: one that nobody knows does not keep the others away."""
        widget: Any = self.resource.widget("tags")
        ids: set[Any] = set()
        unknown: list[str] = []
        sentence = ""
        for name in TagsCell.names(shown):
            try:
                ids.add(widget.look_up(name))
            except Unknown as error:
                cell = self.decided("tags", name, str(error))
                unknown.append(name)
                sentence = sentence or cell.error
                if not cell.error and not cell.empty:
                    ids.add(cell.value)
        if sentence:
            return Cell(shown, error=sentence, unknown=tuple(unknown))
        return Cell(shown, value=sorted(ids, key=str), empty=not ids, unknown=tuple(unknown))


def _error_words(text: str) -> str:
    from django.utils.translation import gettext as _

    return _("The cell holds the error %(error)s.") % {"error": text}


def split_name(whole: str) -> tuple[str, str]:
    """First and last name: "Popescu, Ana" and "Ana Popescu" are both Ana Popescu."""
    last, comma, first = (part.strip() for part in whole.partition(","))
    if comma and first:
        return first, last
    first, _space, last = " ".join(whole.split()).rpartition(" ")
    return first, last


def title_of(cells: dict[str, Cell]) -> str:
    """How the row is called on the pages: by what it holds, right or wrong."""
    shown = {name: cell.shown for name, cell in cells.items()}
    name = shown.get(WHOLE_NAME) or f"{shown.get('first_name', '')} {shown.get('last_name', '')}".strip()
    others = (shown.get(name, "") for name in ("company", "email", "phone", "mobile"))
    return (name or next(filter(None, others), ""))[:300]


def subtitle_of(cells: dict[str, Cell]) -> str:
    shown = (cells[name].shown for name in ("email", "company", "phone", "mobile") if name in cells)
    return next(filter(None, shown), "")[:300]
