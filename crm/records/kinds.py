"""Record types. An app describes each of its kinds once, in kind.py, by naming its classes; list, saved views, bulk
changes, timeline, forms, Trash, import, export and API v2 work from this description."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst

from crm.custom.fields import edited_fields_of, field_named, fields_of, written_of
from crm.models.record import Record

if TYPE_CHECKING:
    from crm.api.v2.parts import Part
    from crm.imports.rules import ImportRules
    from crm.records.board import Board
    from crm.records.bulk import Action
    from crm.records.change import Verb
    from crm.records.filters import FilterSet
    from crm.records.inline import Inline
    from crm.records.record_table import RecordTable
    from crm.records.resource import RecordResource
    from crm.records.search import Search
    from crm.records.sorts import Sorts
    from crm.records.tabs import WorkTab
    from crm.records.timeline import Timeline
    from crm.records.verbs import Add, Edit

Text = str | Promise


@dataclass(frozen=True)
class Words:
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


@dataclass(frozen=True)
class Drawing:
    """What a list row needs in addition to its columns: fields of each record, joined tables, annotations, and the fields of
    columns with another name."""

    every: Sequence[str]
    joined: Sequence[str] = ()
    annotated: Callable[[], dict[str, Any]] = dict
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Kind:
    """Everything that defines a record type.

    urls          the namespace of its URLs
    fields        the app's fields.py: which field appears where
    inline        what can be edited in place, by field
    cards         the titles of its form's cards, by their name in fields.FORM
    first_values  the initial values in the form of a new record, for a user
    search        finds records by words
    page, facts   what its page shows beyond fields: template context, for a record, a user and forms of the page that
                  were sent with errors; and facts by name
    along         other records of a record's story, by kind, whose activities its timeline shows too, for a user
    email_warnings  what a user should know before they write an email to a record
    own_labels    labels of columns and facts that aren't model fields
    split         the field whose values break down the record counts of a user who leaves
    tallies       what else is counted for that user, with labels
    open_filter   the filter for records that are still open
    work          the tabs with a user's own records
    board         its records as cards in columns (crm/records/board.py), if it has a board
    """

    model: type[Record]
    urls: str
    icon: str
    words: Words
    fields: ModuleType
    sorts: "Sorts"
    filters: "type[FilterSet]"
    table: "type[RecordTable]"
    drawing: Drawing
    search: "Search"
    form: Any
    cards: Mapping[str, Text]
    first_values: Callable[[Any], dict[str, Any]]
    add: "type[Add]"
    edit: "type[Edit]"
    take: Callable[[Any], "Verb"]
    actions: "Sequence[Action]"
    inline: "Mapping[str, Inline]"
    resource: "type[RecordResource]"
    imports: "type[ImportRules]"
    timeline: "type[Timeline]"
    page: Callable[..., dict[str, Any]] = lambda record, user: {}
    facts: Callable[[Any], dict[str, Any]] = lambda record: {}
    along: Callable[[Any, Any], Sequence[tuple["Kind", Sequence[Any]]]] = lambda record, user: ()
    email_warnings: Callable[[Any], Sequence[Text]] = lambda record: ()
    own_labels: Mapping[str, Text] = field(default_factory=dict)
    split: str = ""
    tallies: Callable[[Any], Sequence[tuple[int, Text]]] = lambda rows: ()
    open_filter: str = ""
    work: "Sequence[WorkTab]" = ()
    board: "Board | None" = None
    # Columns that its own triggers derive, with their SQL, for the row called "l".
    derived: Mapping[str, str] = field(default_factory=dict)
    # What is shown next to its name where a few records are listed.
    aside: Callable[[Any], Any] = lambda record: ""
    star: bool = False
    # API v2: the SQL of names that aren't fields, and a FROM clause for it (crm/api/rows.py).
    json: Mapping[str, str] = field(default_factory=dict)
    json_joins: str = ""
    # API v2: what is read and written along with a record, by name. Apps above add theirs.
    parts: dict[str, "Part"] = field(default_factory=dict)
    # Those that have this phone number, in its normalized form; None for a kind that phone systems don't look for.
    by_phone: "Callable[[Kind, str], Q] | None" = None

    @property
    def name(self) -> str:
        """Its name in history, verdicts, frozen sets and API URLs."""
        return self.model.table

    def right(self, action: str) -> str:
        return self.model.right(action)

    def in_place(self, user) -> set[str]:
        """The fields that the user may edit in place, as far as permissions for the kind go."""
        own = {name for name, asked in self.inline.items() if user.has_perm(self.right(asked.right))}
        if not user.has_perm(self.right("change")):
            return own
        return own | {field.name for field in self.custom_to_edit(user)}

    def action(self, name: str) -> "Action | None":
        return next((action for action in self.actions if action.name == name), None)

    def url(self, name: str, *arguments: Any) -> str:
        address = f"{self.urls}:{name}"
        return reverse(address, args=arguments) if arguments else _address(address, get_script_prefix())

    @property
    def list_url(self) -> str:
        return self.url("list")

    def field(self, name: str) -> Any:
        """The model field or custom field with this name. Raises FieldDoesNotExist."""
        return field_named(self.name, name) or self.model._meta.get_field(name)

    def has_custom(self, name: str) -> bool:
        """Whether a custom field has this name."""
        return field_named(self.name, name) is not None

    def custom(self, user: Any = None) -> list[Any]:
        """Its custom fields, as far as the user may see them."""
        return fields_of(self.name, user)

    def custom_to_edit(self, user: Any) -> list[Any]:
        """Those of them whose values the user may also change."""
        return edited_fields_of(self.name, user)

    def written(self, user: Any = None) -> list[Any]:
        """The same without formulas, whose values nobody enters."""
        return written_of(self.name, user)

    def never_read(self, user: Any = None) -> set[str]:
        """The columns of a file that aren't imported."""
        formulas = {field.name for field in self.custom(user)} - {field.name for field in self.written(user)}
        return {*self.resource.never_read, *formulas}

    def listed(self, place: str, user: Any = None) -> list[str]:
        """The names in a list of fields.py, then those of the custom fields, which are everywhere."""
        return [*getattr(self.fields, place), *(field.name for field in self.custom(user))]

    def label(self, name: str) -> str:
        """The label of a field or column, within a sentence."""
        own = self.own_labels.get(name)
        return str(own if own is not None else self.field(name).verbose_name)

    def heading(self, name: str) -> str:
        """The label at the start of a line."""
        return str(capfirst(self.label(name)))

    def labels(self, names: Sequence[str]) -> str:
        """ "email, phone": the labels of several fields."""
        return ", ".join(map(self.label, names))

    def columns_of(self, name: str) -> list[str]:
        """The database columns behind a field on screen, such as both parts of a name."""
        if self.has_custom(name):
            return [name]
        by_name = {found.name: str(found.column) for found in self.model._meta.concrete_fields}
        return [
            by_name[part] for part in getattr(self.fields, "PARTS", {}).get(name, [name]) if part in by_name
        ]


KINDS: dict[str, Kind] = {}


@cache
def _address(name: str, prefix: str) -> str:
    """The URL of a screen of its own. A list has a dozen of them, and looking each up takes as long as a row."""
    return reverse(name)


def register(kind: Kind) -> Kind:
    KINDS[kind.name] = kind
    return kind


def kind_of(table: str) -> Kind | None:
    return KINDS.get(table)


def tagged_models() -> list[type[Record]]:
    """The kinds that have tags."""
    return [kind.model for kind in KINDS.values() if any(f.name == "tags" for f in kind.model._meta.fields)]


def seen_by(user) -> list[Kind]:
    """The kinds that a user may view."""
    return [kind for kind in KINDS.values() if user.has_perm(kind.right("view"))]
