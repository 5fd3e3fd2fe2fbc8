"""Unknown or retired values: each once with its count, and the user's decision about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from crm.fields.record_labels import parse_label_name
from crm.fields.widgets.link_widgets import get_link_columns
from crm.models import Import
from crm.platform.text.text_folding import fold_text
from crm.platform.web.rendering.form_rendering import Form, prepare_widgets
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.apply.choice_creation import get_creatable_fields
from crm.transfer.imports.check.error_groups import can_be_empty, describe_default
from crm.transfer.imports.check.value_decisions import (
    CREATE,
    EMPTY,
    REFUSE,
    Decisions,
    get_decision,
    get_earlier_choice,
    store_decision,
)
from crm.transfer.imports.links.new_records import get_fields_with_new_links
from crm.transfer.imports.plan import unknown_names
from crm.transfer.imports.sheet_contents import get_import_rules

# A list of all countries next to each value makes a long page; the others come on the next pass.
COUNTRIES_AT_ONCE = 50
# From this many values on, one button decides about all of them.
MANY = 10
# In the name of a button: all fields.
EVERY = "*"
# How similar two names must be to suggest a misspelling, between 0 and 1.
ALIKE = 0.85


def _get_most_listed(field: str) -> int:
    return COUNTRIES_AT_ONCE if field == "country" else unknown_names.LISTED


def has_undecided_values(imported: Import) -> bool:
    """Whether the file has undecided names that don't exist here or are retired."""
    return any(
        get_decision(imported.decisions, field, text) is None
        for field, values in imported.unknown.items()
        for text, _count in values
    )


@dataclass(frozen=True)
class ValueLine:
    """`why` says why the answer is proposed, `note` what else is known about the value."""

    text: str
    count: int
    field: Any
    retired: bool
    why: str = ""
    note: str = ""


@dataclass(frozen=True)
class ValueGroup:
    """The values of one field: the listed ones, and the total. `all` are the buttons that decide about all of them:
    (value, label)."""

    heading: str
    lines: list[ValueLine]
    total: int
    all: list[tuple[str, str]]


class ValuesForm(Form):
    """A field for each listed unknown value; `words` is a search for part of a value."""

    def __init__(self, *arguments, imported: Import, user, words: str = "", **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.imported, self.kind = imported, KINDS[imported.table]
        self.rules = get_import_rules(imported, user)
        self.resource = self.rules.get_cells()
        self.links = get_link_columns(self.resource)
        self.may = [*get_creatable_fields(self.kind, user), *get_fields_with_new_links(self.links, user)]
        self.values = unknown_names.get_all_unknown_values(imported)
        self.lines: dict[str, list[tuple[str, int, str]]] = {}
        self.retired: set[str] = set()
        self.why: dict[str, str] = {}
        offered = self.rules.choices
        for field in sorted(self.values):
            last = [(EMPTY, self._get_empty_label(field, offered.get(field, [])))]
            there = [(str(value), label) for value, label in offered.get(field, []) if value]
            found = [pair for pair in self.values[field] if fold_text(words) in fold_text(pair[0])]
            most = _get_most_listed(field)
            if link := self.links.get(field):
                link.load_records_by_text(text for text, _count in found[:most])
            for place, (text, count) in enumerate(found[:most]):
                known = link.get_offered_choices(text) if link else there
                self._add_field(
                    field, place, text, count, [(REFUSE, _("Skip these rows")), *last, (_("Map to"), known)]
                )
        prepare_widgets(self)

    @property
    def has_more_than_listed(self) -> bool:
        """Whether there are more unknown values than listed."""
        return any(len(values) > _get_most_listed(field) for field, values in self.values.items())

    def _add_field(self, field: str, place: int, text: str, count: int, offered: list) -> None:
        name = f"{field}_{place}"
        retired = self._find_retired(field, text)
        if retired is not None:
            self.retired.add(name)
        if self._may_create(field, text, retired):
            words = _("Add as a new value") if retired is None else _("Use again")
            offered = [(CREATE, _("Add as a new record") if field in self.links else words), *offered]
        proposed, self.why[name] = self._propose_value(field, text, offered)
        asked = forms.ChoiceField(choices=offered, initial=proposed, label=text)
        asked.widget.attrs["aria-label"] = _("New value for “%(text)s”") % {"text": text}
        self.fields[name] = asked
        self.lines.setdefault(field, []).append((text, count, name))

    def _may_create(self, field: str, text: str, retired: int | None) -> bool:
        if field in self.links:
            return field in self.may and not self.links[field].find_ids(text) and bool(parse_label_name(text))
        return field in self.may and (retired is None or self.rules.can_be_reactivated(field, retired))

    def _find_retired(self, field: str, text: str) -> int | None:
        look_up = getattr(self.resource.widget(field), "find_retired", None)
        return look_up(text) if look_up else None

    def _get_empty_label(self, field: str, offered: list) -> str:
        """What a new record gets if its cell is empty."""
        chosen = str(self.imported.defaults.get(field) or "")
        label = next((label for value, label in offered if value and str(value) == chosen), "")
        if field == "tags":
            return _("Don’t add this tag")
        return _("Treat as empty: %(value)s") % {"value": label} if label else _("Treat as empty")

    def _propose_value(self, field: str, text: str, offered: list) -> tuple[str, str]:
        """The same for all fields, with its reason: the earlier decision; else what is meant, or the most similar value; else
        what loses no data; else an empty cell; and only where the field is required, to skip the rows."""
        before = get_earlier_choice(self.imported.decisions, field, text)
        if before is not None:
            return before, _("Chosen before")
        if (meant := self.rules.suggest_value(field, text)) is not None:
            # Names of countries that other programs use are known; what is left is misspelled.
            similar, other = _("The most similar value"), _("What other programs mean by it")
            return str(meant), similar if field == "country" else other
        # Which of several records is meant is never guessed.
        there = {} if field in self.links else {fold_text(label): value for value, label in offered[-1][1]}
        if close := get_close_matches(fold_text(text), there, cutoff=ALIKE):
            return there[close[0]], _("The most similar value")
        if offered[0][0] == CREATE and field != "status":
            return CREATE, _("A new one loses no data")
        if not self._can_be_empty(field):
            return REFUSE, _("The field is required")
        default = describe_default(self.rules, field, self.imported.defaults)
        return EMPTY, _("New records get the default") if default else _("The field is optional")

    def _can_be_empty(self, field: str) -> bool:
        return can_be_empty(self.rules, field, self.imported.defaults)

    def _get_note(self, field: str, text: str) -> str:
        is_elsewhere = getattr(self.resource.widget(field), "is_elsewhere", None)
        if is_elsewhere and is_elsewhere(text):
            return _("in another department")
        if field in self.links and len(self.links[field].find_ids(text)) > 1:
            return _("several records match")
        return ""

    def build_groups(self) -> Iterator[ValueGroup]:
        for field, lines in self.lines.items():
            listed = [
                ValueLine(
                    text, count, self[name], name in self.retired, self.why[name], self._get_note(field, text)
                )
                for text, count, name in lines
            ]
            total = len(self.values[field])
            yield ValueGroup(
                self.rules.get_heading(field),
                listed,
                total,
                self._get_choices_for_all(field) if total > MANY else [],
            )

    def _get_choices_for_all(self, field: str) -> list[tuple[str, str]]:
        new = _("Add all as new records") if field in self.links else _("Add all as new values")
        create = [(f"{field}:{CREATE}", new)] if field in self.may else []
        skip, empty = (f"{field}:{REFUSE}", _("Skip all rows")), (f"{field}:{EMPTY}", _("Leave all empty"))
        return [*create, empty, skip]

    @property
    def buttons_for_all_fields(self) -> list[tuple[str, str]]:
        """The buttons that decide about all values of all fields, if there are several."""
        if sum(map(len, self.values.values())) < 2:
            return []
        new = [(f"{EVERY}:{CREATE}", _("Add all as new"))] if self._get_fields_for(CREATE) else []
        empty = [(f"{EVERY}:{EMPTY}", _("Leave all empty"))] if self._get_fields_for(EMPTY) else []
        return [*new, *empty]

    def _get_fields_for(self, chosen: str) -> list[str]:
        """The fields whose values can all be added or left empty."""
        if chosen == CREATE:
            return [field for field in self.values if field in self.may]
        return [field for field in self.values if self._can_be_empty(field)] if chosen == EMPTY else []

    def clean(self):
        """`all` is the button that was clicked, such as "source:create"; of all fields, those that can't get this keep what is
        chosen for each value."""
        field, _colon, chosen = self.data.get("all", "").partition(":")
        allowed = (
            [value for value, _label in self._get_choices_for_all(field)] if field in self.values else []
        )
        self.for_all = {field: chosen} if f"{field}:{chosen}" in allowed else {}
        if field == EVERY:
            self.for_all = dict.fromkeys(self._get_fields_for(chosen), chosen)
        return self.cleaned_data

    def get_decisions(self) -> Decisions:
        """Includes earlier decisions about values that exist now because of them."""
        found = {field: dict(values) for field, values in self.imported.decisions.items()}
        for field, lines in self.lines.items():
            for text, _count, name in lines:
                store_decision(found, field, text, self.cleaned_data[name])
        for field, chosen in self.for_all.items():
            for text in self._get_values_decided_together(field, chosen):
                store_decision(found, field, text, chosen)
        return found

    def _get_values_decided_together(self, field: str, chosen: str) -> list[str]:
        """The values that one button decides about: a text that several records share isn't a new one."""
        texts = [text for text, _count in self.values[field]]
        if chosen != CREATE or field not in self.links:
            return texts
        self.links[field].load_records_by_text(texts)
        return [text for text in texts if self._may_create(field, text, None)]
