"""The timeline: recorded changes as sentences, old and new values by their current names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.fields.custom.definitions.type_history import get_fields_of_change
from crm.fields.custom.values.field_registry import get_all_custom_fields, is_custom, is_seen_by
from crm.fields.model_fields import MoneyField
from crm.fields.models.record import Record
from crm.fields.types.field_type import get_field_label, get_field_type
from crm.models import Change, MergedRecord, Operation
from crm.records.custom_fields.verbs import RetypeField
from crm.records.history.amount_currencies import get_currencies_at_changes
from crm.records.history.undo.undo_permission import get_undone_ids, may_undo_own
from crm.records.history.value_sources import ValueSource, find_last_changes
from crm.records.history.verb_execution import Verb
from crm.records.kinds.erased_persons import NO_VALUES

# Not shown next to the change that caused it.
UNSHOWN = {"created_by_id", "created_at", "erased_at"}
# From this many fields on, the line only gives the number.
MANY = 4


@dataclass(frozen=True)
class FieldChange:
    """One field of one change, ready to read: label, old and new as text. `none` is the field's own word for an empty value, if it
    has one."""

    column: str
    label: str
    old: str
    new: str
    none: str = ""

    @property
    def told_old(self) -> str:
        """The value before, or the word for none."""
        return self.old or self.none

    @property
    def told_new(self) -> str:
        return self.new or self.none


def get_recorded_text(field: Any, recorded: Any, viewer) -> str:
    """A recorded value as readable text; what the viewer may not see has no name."""
    if recorded is None:
        return ""
    found = get_field_type(field)
    try:
        return found.format_value(field, found.parse_recorded_value(field, recorded), viewer)
    except (ValidationError, ValueError, ArithmeticError):
        # A value of an earlier type whose change is no longer in the history.
        return str(recorded)


def get_word_for_none(field: Any) -> str:
    """What lists say in place of an empty value of this field, such as "Unassigned"; '' if they say nothing."""
    return str(get_field_type(field).none)


def get_word_for_empty(field: Any) -> str:
    """The same, or the word for an empty value of any other field, where a value has to be named."""
    return get_word_for_none(field) or _("empty")


def get_change_texts(field: Any, change: Change, viewer, currency: str = "") -> tuple[str, str]:
    """The old and new value of a field in a change. A custom field may have had another type then. `currency` is that of its
    amounts then, unless the change is also about the currency."""
    old, new = get_fields_of_change(field, change) if is_custom(field) else (field, field)
    before, after = change.diff[field.column]
    if change.diff[field.column] == NO_VALUES:
        return _("erased"), _("erased")
    texts = get_recorded_text(old, before, viewer), get_recorded_text(new, after, viewer)
    if not isinstance(field, MoneyField):
        return texts
    codes = change.diff.get(field.currency_field, [currency, currency])
    first, second = (
        f"{text}\u00a0{code}" if text and code else text for text, code in zip(texts, codes, strict=True)
    )
    return first, second


def build_changes_in_words(model: Any, changes, viewer) -> list[tuple[Change, list[FieldChange]]]:
    """Each change of the model's rows with its fields in words. `changes` is a queryset or list of Change."""
    unshown = UNSHOWN
    fields: dict[str, Any] = {str(field.column): field for field in model._meta.local_concrete_fields}
    if issubclass(model, Record):
        unshown = unshown | model.unshown
        own = get_all_custom_fields(model.table)
        fields |= {field.name: field for field in own if is_seen_by(field, viewer)}
    found = []
    changes = list(changes)
    currencies = get_currencies_at_changes(model, changes)
    for change in changes:
        currency = currencies.get(change.pk, "")
        shown = [
            FieldChange(
                column,
                get_field_label(fields[column]),
                *get_change_texts(fields[column], change, viewer, currency),
                none=get_word_for_none(fields[column]),
            )
            for column in change.diff
            if column in fields and column not in unshown and not column.endswith("_normal")
        ]
        found.append((change, shown))
    return found


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the timeline. `kind` picks its marker; `moved` is the old and new status of a move."""

    change: Change
    kind: str
    who: str
    words: str
    fields: list[FieldChange]
    moved: tuple[Any, Any] | None = None
    others: int = 0
    may_undo: bool = False
    # A page about who or what did it, if the viewer may open it.
    who_url: str = ""
    template = "records/_entry.html"

    @property
    def at(self) -> Any:
        return self.change.at


def lower_label(label: str) -> str:
    """A label in the middle of a sentence: "city", but "VIP" and "B2B customer"."""
    rest = label.partition(" ")[0][1:]
    return label[:1].lower() + label[1:] if rest == rest.lower() else label


def join_labels(labels: Sequence[str]) -> str:
    """Labels in the middle of a sentence: "city, phone and VIP"."""
    *others, last = map(lower_label, labels)
    return _("%(others)s and %(last)s") % {"others": ", ".join(others), "last": last} if others else last


def is_next_action_moved_by_merge(change: Change) -> bool:
    """Whether only the next action has changed, because a merge or its undo moved the tasks. Another change of the same
    operation tells of the merge."""
    only = bool(change.diff) and set(change.diff) <= {"next_action", "next_action_on"}
    return only and change.operation is not None and change.operation.original.kind == "merge"


def is_type_change(record: Operation | None) -> bool:
    """Whether an operation is the change of a custom field's type, or the undo of one."""
    return record is not None and record.original.kind == RetypeField.kind


class Timeline:
    """The recorded changes of one record, for one viewer. A record type may add entries in a subclass. `words_of` says in words
    what an operation did, for a viewer (crm/records/history/visible_operations.py)."""

    def __init__(self, record: Any, viewer, words_of: Callable[[Operation, Any], str]) -> None:
        self.record, self.viewer, self.words_of = record, viewer, words_of

    @property
    def model(self) -> Any:
        """The model of the changed rows."""
        return type(self.record)

    def changes_queryset(self) -> Any:
        """The changes that it tells: those of the record's row, unless a record type adds others."""
        return Change.objects.of_row(self.record.table, self.record.pk)

    def build_entries(self, changes: list[Change], *, with_undo: bool = True) -> list[TimelineEntry]:
        """The changes come with their operations. Whether the viewer may undo their own takes a query."""
        own = [
            change.operation
            for change in changes
            if with_undo and change.operation and change.operation.by_id == self.viewer.pk
        ]
        undone = get_undone_ids(own)
        found = []
        for change, fields in build_changes_in_words(self.model, changes, self.viewer):
            done = change.operation
            if done and done.is_private and done.by_id != self.viewer.pk:
                # Such as times of contact that no longer count a private email.
                continue
            if is_next_action_moved_by_merge(change):
                continue
            if is_type_change(done) and all(field.old == field.new for field in fields):
                # A value that looks the same with its new type is no news.
                continue
            may = bool(with_undo and done and may_undo_own(done, self.viewer, undone=done.pk in undone))
            others = max(0, done.changed - 1) if done else 0
            moved = self.get_moved_statuses(change)
            rest = [field for field in fields if not moved or field.column != "status_id"]
            words = self.describe_operation(change, fields)
            found.append(
                TimelineEntry(
                    change,
                    self.get_marker(change),
                    self.get_actor_name(change),
                    words,
                    rest,
                    moved,
                    others,
                    may,
                    self.get_actor_url(change),
                )
            )
        return found

    def get_actor_name(self, change: Change) -> str:
        if change.operation is None:
            return _("Database user %(role)s") % {"role": change.role}
        if change.operation.channel == Operation.Channel.AUTOMATION:
            # Its owner only lent the permissions.
            return self.words_of(change.operation, self.viewer)
        return change.operation.by.name if change.operation.by else _("The system")

    def get_actor_url(self, change: Change) -> str:
        done = change.operation
        verb = Verb.known.get(done.kind) if done else None
        return verb.get_cause_url(done.parameters, change.row, self.viewer) if done and verb else ""

    def build_value_sources(self, changes: Iterable[Change]) -> dict[str, ValueSource]:
        """The rules that the record has its values from, by column. The changes are the newest first, with their operations; among
        them must be the last one of each column."""
        last = find_last_changes(changes, self.record.table, self.record.pk)
        found = {column: self.get_value_source(column, change) for column, change in last.items()}
        return {column: source for column, source in found.items() if source}

    def get_value_source(self, column: str, change: Change) -> ValueSource | None:
        """The rule that made this change. An undo is the decision of who undid."""
        done = change.operation
        if done is None or done.undoes_id or done.channel != Operation.Channel.AUTOMATION:
            return None
        return ValueSource(self.get_actor_name(change), self.get_actor_url(change))

    def get_moved_statuses(self, change: Change) -> tuple[Any, Any] | None:
        """The old and new status, for kinds that have one."""
        return None

    def describe_operation(self, change: Change, fields: list[FieldChange]) -> str:
        """What was done, to follow a name: "moved it", "changed city", "deleted it"."""
        record = change.operation
        if record and record.undoes:
            return _("undid “%(what)s”") % {"what": self.words_of(record.undoes, self.viewer)}
        if change.kind == Change.Kind.INSERT:
            return (
                _("imported this record") if record and record.kind == "import" else self.describe_creation()
            )
        if words := self.describe_merge(change):
            return words
        if "deleted_at" in change.diff:
            return _("deleted this record") if change.diff["deleted_at"][1] else _("restored this record")
        if "erased_at" in change.diff:
            return _("erased this person")
        if record and record.kind == "take":
            return _("took ownership")
        if record and record.kind in ("import", "deactivate", RetypeField.kind):
            return _("made changes: %(cause)s") % {"cause": self.words_of(record, self.viewer)}
        return self.describe_fields(change, fields)

    def describe_creation(self) -> str:
        return _("created this record")

    def describe_merge(self, change: Change) -> str:
        """Of a merged record and of the one that was kept; other records only got another link."""
        record = change.operation
        if not record or record.kind != "merge" or record.table != self.model.table:
            return ""
        if "deleted_at" in change.diff:
            return _("merged this record into another one")
        kept = MergedRecord.objects.into(self.model.table, [change.row]).exists()
        return _("merged other records into this one") if kept else ""

    def describe_fields(self, change: Change, fields: list[FieldChange]) -> str:
        record = change.operation
        if not fields:
            return (
                _("made changes: %(cause)s") % {"cause": self.words_of(record, self.viewer)} if record else ""
            )
        if len(fields) > MANY:
            words = ngettext("changed %(number)s field", "changed %(number)s fields", len(fields))
            return words % {"number": len(fields)}
        return _("changed %(fields)s") % {"fields": join_labels([field.label for field in fields])}

    def get_marker(self, change: Change) -> str:
        record = change.operation
        if record and record.undoes_id:
            return "undo"
        if change.kind == Change.Kind.INSERT:
            return "plus"
        if record and record.channel == Operation.Channel.AUTOMATION:
            return "bolt"
        if record and record.kind == "import":
            return "upload"
        if "owner_id" in change.diff:
            return "person"
        return "bin" if {"deleted_at", "erased_at"} & set(change.diff) else "edit"
