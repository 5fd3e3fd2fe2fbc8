"""Cells that name a record of another type: written as "Omnia SRL (#12)", read by its number or by what identifies it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext as _

from crm.fields.record_labels import get_record_label
from crm.fields.widgets.value_widgets import CellWidget, UnknownName, get_cell_text
from crm.platform.record_types import RECORD_TYPES

# How many of several records with the same name a sentence lists.
LISTED = 3
# How many of them can be chosen from.
OFFERED = 50
# Texts that are remembered before all are looked up again.
REMEMBERED = 50_000
# What finds the records that texts mean, for a record type and a user: crm/fields/widgets/link_resolution.py adds it, because it
# knows the custom fields, some of which are links themselves.
FINDERS: list[Callable[[str, Any, Iterable[str]], dict[str, list[int]]]] = []


def get_link_columns(resource: Any) -> dict[str, "LinkCell"]:
    """The columns of a sheet that link to other records."""
    return {
        name: field.widget for name, field in resource.fields.items() if isinstance(field.widget, LinkCell)
    }


class LinkCell(CellWidget):
    """There may be a million records, so they are fetched for many cells at once: `know` before cells are written, `look_up`
    before they are read."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field: Any = field
        self.rendering = self.get_name

    def prepare(self, user, **keywords):
        self.user = user
        self.names: dict[int, str] = {}
        self.found: dict[str, list[int]] = {}

    @property
    def model(self) -> Any:
        return self.field.related_model

    # Writing

    def load_names(self, ids: Iterable[int | None]) -> None:
        """Fetch the names of these records. Whoever sees a record sees the name of what it is linked to."""
        if len(self.names) > REMEMBERED:
            self.names.clear()
        if missing := {pk for pk in ids if pk and pk not in self.names}:
            names = ("id", *self.model.named_by)
            # Filled again for each row: a record of each takes ten times as long.
            record = self.model()
            for values in self.model.objects.filter(pk__any=sorted(missing)).values_list(*names):
                vars(record).update(zip(names, values, strict=True))
                self.names[record.pk] = get_record_label(record)

    def get_name(self, pk: int | None) -> str:
        if not pk:
            return ""
        if pk not in self.names:
            self.load_names([pk])
        return self.names.get(pk, "")

    # Reading

    def load_records_by_text(self, texts: Iterable[str]) -> None:
        """Find the records that these texts name, among those that the user sees."""
        if len(self.found) > REMEMBERED:
            self.found.clear()
        if missing := {text for text in texts if text and text not in self.found}:
            found = FINDERS[0](self.model.table, self.user, missing)
            self.found |= {text: found.get(text, []) for text in missing}

    def find_ids(self, text: str) -> list[int]:
        """The records that this text names."""
        self.load_records_by_text([text])
        return self.found[text]

    def get_offered_choices(self, text: str) -> list[tuple[str, str]]:
        """The records that this text may mean, for a drop-down."""
        found = self.find_ids(text)[:OFFERED]
        self.load_names(found)
        return [(str(pk), self.names[pk]) for pk in found if pk in self.names]

    def clean(self, value, row=None, **keywords):
        text = get_cell_text(value)
        if not text:
            return None
        found = self.find_ids(text)
        if len(found) == 1:
            return found[0]
        raise UnknownName(self._describe_several(text, found) if found else self._describe_unknown(text))

    def _describe_unknown(self, text: str) -> str:
        return _("No record is named “%(name)s”. Enter the name or number of an existing one, like #12.") % {
            "name": text
        }

    def _describe_several(self, text: str, found: list[int]) -> str:
        self.load_names(found[:LISTED])
        return _("%(records)s match “%(name)s”. Enter one with its number: %(names)s") % {
            "records": RECORD_TYPES[self.model.table].words.counted(len(found)),
            "name": text,
            "names": ", ".join(self.names[pk] for pk in found[:LISTED] if pk in self.names),
        }
