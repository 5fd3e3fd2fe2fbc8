"""Values that nobody knows: each once with its count, and what a person decides that it becomes."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from crm.imports.make import may_make
from crm.models import Import
from crm.records.folding import plain
from crm.records.kinds import KINDS
from crm.web.forms import Form, dress

# A list of all countries beside each value makes a long page; the others come with the next pass.
COUNTRIES_AT_ONCE = 50
# From where on a name is taken for a misspelt other one, between 0 and 1.
ALIKE = 0.85


def undecided(imported: Import) -> bool:
    """Whether the file names something that does not exist here and about which nobody has decided."""
    return any(
        text not in imported.decisions.get(field, {})
        for field, values in imported.unknown.items()
        for text, _count in values
    )


class ValuesForm(Form):
    """A field for each unknown value. `groups()` has them by field of the record."""

    def __init__(self, *arguments, imported: Import, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.imported, self.kind = imported, KINDS[imported.table]
        self.rules = self.kind.imports(self.kind, user)
        self.lines: dict[str, list[tuple[str, int, str]]] = {}
        offered, may = self.rules.choices(), may_make(self.kind, user)
        for field in sorted(imported.unknown):
            first = [("refuse", _("Skip these rows")), ("empty", self._empty_words(field, offered))]
            if field in may:
                first.insert(0, ("create", _("Add as a new value")))
            there = [(str(value), label) for value, label in offered[field] if value]
            known = imported.unknown[field][: COUNTRIES_AT_ONCE if field == "country" else None]
            for place, (text, count) in enumerate(known):
                self._ask(field, place, text, count, [*first, (_("Map to"), there)])
        dress(self)

    def _ask(self, field: str, place: int, text: str, count: int, offered: list) -> None:
        name = f"{field}_{place}"
        asked = forms.ChoiceField(choices=offered, initial=self._proposal(field, text, offered), label=text)
        asked.widget.attrs["aria-label"] = _("New value for “%(text)s”") % {"text": text}
        self.fields[name] = asked
        self.lines.setdefault(field, []).append((text, count, name))

    def _empty_words(self, field: str, offered: dict[str, list]) -> str:
        """What a new record gets whose cell says nothing."""
        chosen = str(self.imported.defaults.get(field) or "")
        label = next((label for value, label in offered[field] if value and str(value) == chosen), "")
        if field == "tags":
            return _("Don’t add this tag")
        return _("Treat as empty: %(value)s") % {"value": label} if label else _("Treat as empty")

    def _proposal(self, field: str, text: str, offered: list) -> str:
        """What was decided before; else what it resembles; else what loses nothing."""
        before = self.imported.decisions.get(field, {}).get(text)
        if before is not None:
            return str(before)
        if (meant := self.rules.meant(field, text)) is not None:
            return str(meant)
        there = {plain(label): value for value, label in offered[-1][1]}
        close = get_close_matches(plain(text), there, n=1, cutoff=ALIKE)
        if close:
            return there[close[0]]
        if offered[0][0] == "create" and field != "status":
            return "create"
        return "empty" if field in ("owner", "tags") else "refuse"

    def groups(self) -> Iterator[tuple[str, list[tuple[str, int, Any]]]]:
        for field, lines in self.lines.items():
            yield self.kind.heading(field), [(text, count, self[name]) for text, count, name in lines]

    def decisions(self) -> dict[str, dict[str, Any]]:
        """With what was decided before about values that have become known by it."""
        found = {field: dict(values) for field, values in self.imported.decisions.items()}
        for field, lines in self.lines.items():
            for text, _count, name in lines:
                chosen = self.cleaned_data[name]
                is_id = chosen.isdecimal()
                found.setdefault(field, {})[text] = int(chosen) if is_id else chosen
        return found
