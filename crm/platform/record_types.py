"""The record types by what every floor may know of them: the model, what screens call the records, and where their pages
are. What their fields can do is in crm/fields/schemas.py, their screens are in crm/records/kinds/kind_registry.py."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class RecordWords:
    """What screens call the records. `counted(3)` is "3 leads", `open(3)` is "3 open leads" if the kind has closed ones;
    the others are headings, labels and sentences."""

    one: Text
    many: Text
    counted: Callable[[int], str]
    open: Callable[[int], str]
    new: Text
    all: Text
    added: Text
    # The fields in the search box's hint: "name, email, company, phone".
    found_by: Text


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordType:
    """What a record type is called, and where it is.

    urls        the namespace of its URLs
    fields      the app's fields.py: which field appears where
    own_labels  labels of columns and facts that aren't model fields
    """

    # A crm.fields.models.record.Record: this floor has no records.
    model: Any
    urls: str
    icon: str
    words: RecordWords
    fields: ModuleType
    own_labels: dict[str, Text] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name in history, verdicts, frozen sets and API URLs."""
        return str(self.model.table)

    def get_right(self, action: str) -> str:
        return str(self.model.get_right(action))

    def get_url(self, name: str, *arguments: Any) -> str:
        """The URL of its screen with this name; of another app's screen, by its whole name, such as "automations:lead_conditions"."""
        address = name if ":" in name else f"{self.urls}:{name}"
        return reverse(address, args=arguments) if arguments else get_screen_url(address)

    @property
    def list_url(self) -> str:
        return self.get_url("list")


# All record types by name; crm/records/kinds/kind_registry.py registers them.
RECORD_TYPES: dict[str, RecordType] = {}


def get_screen_url(name: str) -> str:
    """The URL of a screen of its own. A list has a dozen of them and the frame of each page fifty, and looking each up takes as
    long as a row."""
    return _get_url_below(name, get_script_prefix())


@cache
def _get_url_below(name: str, prefix: str) -> str:
    return reverse(name)


def get_type_of_table(table: str) -> RecordType | None:
    return RECORD_TYPES.get(table)


def get_viewable_types(user) -> list[RecordType]:
    """The record types that a user may view."""
    return [found for found in RECORD_TYPES.values() if user.has_perm(found.get_right("view"))]


def get_tagged_models() -> list[Any]:
    """The models of the records that have tags."""
    models = [found.model for found in RECORD_TYPES.values()]
    return [model for model in models if any(field.name == "tags" for field in model._meta.fields)]
