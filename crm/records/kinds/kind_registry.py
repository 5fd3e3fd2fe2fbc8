"""Record types. An app describes each of its kinds once, in kind.py, by naming its classes; list, saved views, bulk
changes, timeline, forms, Trash, import, export and API v2 work from this description. What only a higher floor knows, the app
registers there: the rules of its import (crm/transfer/imports/check/rules_by_kind.py) and its parts in API v2 (crm/api/v2/record_parts.py)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Q

from crm.fields.custom.values.field_registry import is_written_as_text
from crm.fields.schemas import register_schema
from crm.platform.record_types import Text
from crm.records.editing.bulk_actions import BulkAction
from crm.records.editing.inline_editing import InlineEdit
from crm.records.history.timeline import Timeline
from crm.records.history.verb_execution import Verb
from crm.records.history.verbs.add import Add
from crm.records.history.verbs.edit import Edit
from crm.records.kinds.excel_resource import RecordResource
from crm.records.kinds.search_description import Findable
from crm.records.listing.filters import FilterSet
from crm.records.paging.sorts import Sorts
from crm.records.tables.boards.board_outline import BoardOutline
from crm.records.tables.record_table import RecordTable

# The rights that an import of records requires.
TO_IMPORT = ("view", "add", "import")


@dataclass(frozen=True)
class WorkTab:
    """A set of the reader's own records, as a URL query of the list. One that is `for_all` isn't the reader's own, and users
    who manage departments start with it too."""

    name: str
    label: Text
    query: str
    for_all: bool = False


@dataclass(frozen=True)
class RowRequirements:
    """What a list row needs in addition to its columns: fields of each record, joined tables, annotations, and the fields of
    columns with another name. `added` are the annotations of columns that apps above add, by name (../tables/added_columns.py)."""

    every: Sequence[str]
    joined: Sequence[str] = ()
    annotated: Callable[[], dict[str, Any]] = dict
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    added: dict[str, Callable[[], Any]] = field(default_factory=dict)

    def build_annotations(self, columns: Collection[str]) -> dict[str, Any]:
        """Those of every row, and those of these columns."""
        return self.annotated() | {name: build() for name, build in self.added.items() if name in columns}


@dataclass(frozen=True, eq=False, kw_only=True)
class Kind(Findable):
    """Everything that defines a record type.

    inline        what can be edited in place, by field
    first_values  the initial values in the form of a new record, for a user
    page, facts   what its page shows beyond fields: template context, for a record, a user and forms of the page that
                  were sent with errors; and facts by name
    along         other records of a record's timeline, by kind, whose activities its timeline shows too, for a user
    email_warnings  what a user should know before they write an email to a record
    split         the field whose values break down the record counts of a user who leaves
    tallies       what else is counted for that user, with labels
    open_filter   the filter for records that are still open
    work          the tabs with a user's own records
    list_note     a sentence above its list, for the list and its columns; '' if there is nothing to say
    board         its records as cards in columns (crm/records/tables/boards/board.py), if it has a board
    """

    sorts: Sorts
    filters: type[FilterSet]
    table: type[RecordTable]
    drawing: RowRequirements
    form: Any
    first_values: Callable[[Any], dict[str, Any]]
    add: type[Add]
    edit: type[Edit]
    take: Callable[[Any], Verb]
    # The apps above add theirs.
    actions: list[BulkAction]
    inline: Mapping[str, InlineEdit]
    resource: type[RecordResource]
    timeline: type[Timeline]
    page: Callable[..., dict[str, Any]] = lambda record, user: {}
    facts: Callable[[Any], dict[str, Any]] = lambda record: {}
    along: Callable[[Any, Any], Sequence[tuple["Kind", Sequence[Any]]]] = lambda record, user: ()
    email_warnings: Callable[[Any], Sequence[Text]] = lambda record: ()
    split: str = ""
    tallies: Callable[[Any], Sequence[tuple[int, Text]]] = lambda rows: ()
    open_filter: str = ""
    work: Sequence[WorkTab] = ()
    list_note: Callable[[Any, Collection[str]], Text] = lambda listing, columns: ""
    board: BoardOutline | None = None
    # Columns that its own triggers derive, with their SQL, for the row called "l".
    derived: Mapping[str, str] = field(default_factory=dict)
    # What is shown next to its name where a few records are listed.
    aside: Callable[[Any], Any] = lambda record: ""
    star: bool = False
    # API v2: the SQL of names that aren't fields, and a FROM clause for it (crm/api/json_rows.py).
    json: Mapping[str, str] = field(default_factory=dict)
    json_joins: str = ""
    # Those that have this phone number, in its normalized form; None for a kind that phone systems don't look for.
    by_phone: Callable[["Kind", str], Q] | None = None

    def get_inline_fields(self, user) -> set[str]:
        """The fields that the user may edit in place, as far as permissions for the kind go."""
        own = {name for name, asked in self.inline.items() if user.has_perm(self.get_right(asked.right))}
        if not user.has_perm(self.get_right("change")):
            return own
        return own | {
            field.name for field in self.get_editable_custom_fields(user) if is_written_as_text(field)
        }

    def get_action(self, name: str) -> BulkAction | None:
        return next((action for action in self.actions if action.name == name), None)

    def get_menu_actions(self, user: Any, *, in_trash: bool = False) -> list[BulkAction]:
        """The actions in the menu of a list that the user may take."""
        has_perm = cache(user.has_perm)
        return [
            action
            for action in self.actions
            if action.in_menu and action.in_trash == in_trash and action.is_allowed_by(has_perm, self.model)
        ]

    def may_import(self, user: Any) -> bool:
        """Whether the user may import such records."""
        return user.has_perms([self.get_right(right) for right in TO_IMPORT])

    def get_never_imported_columns(self, user: Any = None) -> set[str]:
        """The columns of a file that aren't imported."""
        unwritten = {field.name for field in self.get_custom_fields(user)} - {
            field.name for field in self.get_writable_custom_fields(user)
        }
        return {*self.resource.never_read, *unwritten}


KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> Kind:
    KINDS[kind.name] = kind
    register_schema(kind)
    return kind


def get_kind(table: str) -> Kind | None:
    return KINDS.get(table)


def get_viewable_kinds(user) -> list[Kind]:
    """The kinds that a user may view."""
    return [kind for kind in KINDS.values() if user.has_perm(kind.get_right("view"))]
