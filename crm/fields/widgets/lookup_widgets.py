"""Cells that name a record, a country, or a tag, by label, in any language."""

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db.models import Field
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries

from crm.fields.models.tag import Tag
from crm.fields.widgets.value_widgets import CellWidget, RetiredName, UnknownName, get_cell_text
from crm.platform.sql.reference_tables import get_row_label, get_rows_for_field
from crm.platform.text.country_names import find_country_in_any_language
from crm.platform.text.text_folding import fold_text

RECORD_NUMBER_PATTERN = re.compile(r"#?(\d{1,18})(?:\.0)?")
SEPARATOR = re.compile(r'[,;"\n]')
NAME_IN_LIST = re.compile(r'\s*"((?:[^"]|"")*)"\s*|([^,;\n]+)')


def get_labels_in_every_language(thing) -> Iterable[str]:
    """The label in each language of the product, and as stored."""
    yield thing.name
    if hasattr(thing, "label"):
        yield from _get_texts_in_every_language(lambda: thing.label)


def _get_texts_in_every_language(said: Callable[[], str]) -> Iterable[str]:
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield said()


class RecordNumber(CellWidget):
    """Written as "#123", as on the screens. Bare numbers are read, but columns of them are never guessed to be IDs: the
    files of other programs are full of numbers. Kinds with public IDs read those too."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = "#{}".format

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        if not text:
            return None
        match = RECORD_NUMBER_PATTERN.fullmatch(text)
        number = int(match[1]) if match else self.get_internal_id(text)
        if number is None:
            raise ValueError(_("This isn’t an ID. Enter a whole number."))
        return number

    def get_internal_id(self, text: str) -> int | None:
        """The internal ID for a public one, or None."""
        return None


class Version(CellWidget):
    """The version of the lead that the row shows."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = str

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        if text and not (text.isdecimal() and len(text) < 10):
            raise ValueError(
                _("The hidden column “Version” was edited. Restore its value, or export the records again.")
            )
        return int(text) if text else None


class LabelCell(CellWidget):
    """An item with a label. `labels` are by ID, for writing; `ids` by folded name, for reading. A `retired` item keeps
    its label but can't be chosen any more."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = self.get_label

    def prepare(self, user, **keywords):
        self.labels: dict[Any, str] = {None: ""}
        self.ids: dict[str, list[Any]] = {}
        self.offered: list[str] = []

    @property
    def retired_values(self) -> set[Any]:
        """The IDs of the retired items."""
        return set()

    def add_label(self, pk: int, label: str, names: Iterable[str], *, offered: bool = True) -> None:
        self.labels[pk] = label
        if offered:
            self.offered.append(label)
        for name in {fold_text(name) for name in [label, *names]}:
            self.ids.setdefault(name, []).append(pk)

    def get_label(self, pk) -> str:
        return self.labels.get(pk, "")

    def has_label(self, text: str) -> bool:
        """Whether the whole text is a name."""
        return fold_text(text) in self.ids

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.offered)

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        return self.get_value_by_label(text) if text else None

    def get_value_by_label(self, text: str) -> Any:
        found = self.ids.get(fold_text(text))
        if not found:
            raise UnknownName(self.get_unknown_sentence() % {"name": text})
        current = next((pk for pk in found if pk not in self.retired_values), None)
        if current is None:
            raise RetiredName(self.get_retired_sentence() % {"name": text}, found[0])
        return current

    def find_retired(self, text: str) -> Any:
        """The ID of the retired item with this name, or None."""
        found = self.ids.get(fold_text(text), [])
        return found[0] if found and self.retired_values.issuperset(found) else None

    def get_unknown_sentence(self) -> str:
        raise NotImplementedError

    def get_retired_sentence(self) -> str:
        return _("“%(name)s” is retired.")


class ChoiceCell(LabelCell):
    """One of the model field's choices, as stored or as shown."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field

    def prepare(self, user, **keywords):
        super().prepare(user)
        for value, label in self.field.flatchoices:
            if value:
                self.add_label(
                    value, str(label), [str(value), *_get_texts_in_every_language(partial(str, label))]
                )

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        return self.get_value_by_label(text) if text else ""

    def get_unknown_sentence(self):
        return _("“%(name)s” isn’t one of the choices.")


class RelatedCell(LabelCell):
    """A row of another table. All rows have a label; only active ones are offered."""

    def __init__(
        self,
        field: Field,
        shown: Callable[[], Callable[[Any], str]] = lambda: get_row_label,
        leads_to: Callable[[Any], Collection[int]] = lambda row: (),
    ) -> None:
        """`shown` is called once per file and returns how rows are written in it. `leads_to` gives the IDs of those that may
        follow a row, if not all may: a record that has this row is offered it and these."""
        super().__init__()
        self.field: Any = field
        self.shown, self.leads_to = shown, leads_to

    def prepare(self, user, **keywords):
        super().prepare(user)
        self._retired: set[Any] | None = None
        shown, rows = self.shown(), get_rows_for_field(self.field)
        for row in rows:
            self.add_label(
                row.pk,
                shown(row),
                get_labels_in_every_language(row),
                offered=not getattr(row, "retired", False),
            )
        limited = [row for row in rows if self.leads_to(row)]
        self.other_choices = tuple(self._get_following_labels(row, rows) for row in limited)
        self.number_of_choices = {row.pk: number for number, row in enumerate(limited, start=1)}

    def _get_following_labels(self, row: Any, rows: Iterable[Any]) -> tuple[str, ...]:
        """A row and those that may follow it."""
        following = self.leads_to(row)
        return tuple(
            self.labels[other.pk]
            for other in rows
            if other.pk == row.pk or (other.pk in following and not other.retired)
        )

    def get_unknown_sentence(self):
        return _("Unknown value for %(field)s: “%(name)s”.") % {
            "field": self.field.verbose_name,
            "name": "%(name)s",
        }

    @property
    def retired_values(self):
        """Loaded once, and only when cells are read."""
        if self._retired is None:
            rows = self.field.related_model._default_manager
            unused = rows.exclude(pk__in=rows.active()) if hasattr(rows, "active") else rows.none()
            self._retired = set(unused.values_list("pk", flat=True))
        return self._retired

    def get_retired_sentence(self):
        return _("The %(field)s “%(name)s” is retired.") % {
            "field": self.field.verbose_name,
            "name": "%(name)s",
        }


class TagsCell(LabelCell):
    """Names separated by commas; a name that contains a comma is quoted."""

    def prepare(self, user, **keywords):
        super().prepare(user)
        tags = list(Tag.objects.by_name())
        for tag in tags:
            self.add_label(tag.pk, quote_name_with_separator(tag.name), [tag.name])
        self._retired = {tag.pk for tag in tags if tag.retired}
        self.offered = []

    @property
    def retired_values(self):
        return self._retired

    def get_label(self, ids) -> str:
        return (
            ", ".join(sorted((self.labels[pk] for pk in ids if pk in self.labels), key=fold_text))
            if ids
            else ""
        )

    def clean(self, value, row=None, **keywords):
        return sorted({self.get_value_by_label(name) for name in self.parse_names(get_cell_text(value))})

    @staticmethod
    def parse_names(text: str) -> list[str]:
        found = [quoted.replace('""', '"') or plain for quoted, plain in NAME_IN_LIST.findall(text)]
        return [name.strip() for name in found if name.strip()]

    def get_unknown_sentence(self):
        return _("Unknown tag: “%(name)s”.")

    def get_retired_sentence(self):
        return _("The tag “%(name)s” is retired.")


def quote_name_with_separator(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"' if SEPARATOR.search(name) else name


@cache
def _get_countries(language: str | None) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Names by code, and codes by folded name or code: folded once for each language, not for each page."""
    labels = {code: str(name) for code, name in countries}
    codes: dict[str, list[str]] = {}
    for code, name in labels.items():
        for known in (name, code, countries.alpha3(code)):
            codes.setdefault(fold_text(known), []).append(code)
    return labels, codes


class CountryCell(LabelCell):
    """By name in many languages, or by its two- or three-letter code."""

    def prepare(self, user, **keywords):
        labels, codes = _get_countries(get_language())
        self.labels = {"": "", None: "", **labels}
        self.offered, self.ids = list(labels.values()), dict(codes)

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        return self.get_value_by_label(text) if text else ""

    def get_value_by_label(self, text):
        name = fold_text(text)
        if name not in self.ids and (code := find_country_in_any_language(text)):
            self.ids[name] = [code]
        return super().get_value_by_label(text)

    def get_unknown_sentence(self):
        return _("Unknown country: “%(name)s”.")
