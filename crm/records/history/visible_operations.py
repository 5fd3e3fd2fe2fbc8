"""Operations as their readers may see them: their own, those of colleagues, and the result for each visible record."""

from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.custom.values.field_registry import get_field_by_key, is_seen_by
from crm.fields.schemas import SCHEMAS
from crm.models import BuiltInField, Change, Operation, Verdict
from crm.platform.models.retirable import Retirable
from crm.platform.sql.reference_tables import get_labels_by_id, get_row_label
from crm.platform.web.id_parsing import parse_number
from crm.records.custom_fields.verbs import OfFields
from crm.records.history.change_summary import (
    SingleChange,
    describe_saved_values,
    describe_single_change,
    get_single_record_changes,
)
from crm.records.history.operation_count_labels import get_count_label
from crm.records.history.timeline import FieldChange, build_changes_in_words
from crm.records.history.undo.undo_permission import (
    get_tracked_models,
    get_undoing_operations,
    may_undo_own,
)
from crm.records.history.verb_execution import Verb
from crm.records.kinds.kind_registry import Kind, get_kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.record_list import get_records_for_page

PAGE = 50
# How many rows of an operation are checked at a time for visibility to the reader.
ASKED = 500
# For more rows than this, the number of hidden rows isn't shown, because counting takes too long.
COUNTED = 10_000
EXAMPLES = 5
OTHER_WORDS = {"install": _("Installation")}


def get_verb(record: Operation) -> type[Verb] | None:
    """The verb behind an operation; a record type has its own verbs for edit and add."""
    kind = get_kind(record.table)
    if kind and record.kind in ("add", "edit"):
        return {"add": kind.add, "edit": kind.edit}[record.kind]
    return Verb.known.get(record.kind)


def describe_operation(record: Operation, viewer=None) -> str:
    """What was done, in the reader's language: "Move to Qualified", "Undo: Set VIP".

    Another user than its author doesn't get names of people and departments that they can't see.
    """
    if record.undoes:
        return _("Undo: %(what)s") % {"what": describe_operation(record.undoes, viewer)}
    verb = get_verb(record)
    if verb is None:
        return str(record.parameters.get("words") or OTHER_WORDS.get(record.kind, record.kind))
    if record.kind == "add" and record.changed > 1 and (kind := get_kind(record.table)):
        return _now("Add %(counted)s") % {"counted": kind.words.counted(record.changed)}
    hides = viewer is not None and viewer.pk != record.by_id and not viewer.sees_everything
    parameters = get_visible_parameters(viewer, record.parameters) if hides else record.parameters
    return str(verb.get_label(drop_hidden_fields(viewer, verb, parameters), get_kind(record.table)))


def drop_hidden_fields(viewer, verb: type[Verb], parameters: dict) -> dict:
    """The parameters without the custom fields that the viewer may not see."""

    def seen(key: str) -> bool:
        field = get_field_by_key(key)
        return field is None or is_seen_by(field, viewer)

    found = dict(parameters)
    if parameters.get("fields"):
        found["fields"] = [name for name in parameters["fields"] if seen(name)]
    if parameters.get("rows") and issubclass(verb, OfFields):
        found["rows"] = [pk for pk in parameters["rows"] if seen(f"c{pk}")]
    return found


def get_visible_parameters(viewer, parameters: dict) -> dict:
    """The parameters of a colleague's operation, without names of people and departments that the viewer can't see."""
    people, departments = get_user_model(), apps.get_model(settings.DEPARTMENT_MODEL)
    tables = {"owner": people, "user": people, "department": departments}
    named = [name for name in tables if parameters.get(name)]
    hidden = [name for name in named if parameters[name] not in get_labels_by_id(tables[name], viewer)]
    return parameters | dict.fromkeys(hidden, 0)


def visible_operations_queryset(user):
    """All for users who see all records; else their own and, for users who see whole departments, their colleagues'. A
    private one is visible to its user."""
    if user.sees_everything:
        return Operation.objects.not_private_to_others(user)
    condition = Q(by=user.pk)
    if user.sees_departments:
        condition |= Q(by__in=get_user_model()._default_manager.visible_to(user).values("pk"))
    return Operation.objects.not_private_to_others(user).filter(condition)


def readable_operations_queryset(user):
    """Visible operations, and those the user was notified of: their page shows only the records that the user sees."""
    told = Q(pk__in=user.notifications.values("operation"))
    return Operation.objects.not_private_to_others(user).filter(
        Q(pk__in=visible_operations_queryset(user).values("pk")) | told
    )


@dataclass(frozen=True)
class OperationLine:
    """One operation in the list: its text, whether it is undone, wholly or in some of its parts, and whether the reader may
    undo it, or the rest. `single` is the record if it changed only one."""

    record: Operation
    words: str
    undone: bool
    half_undone: bool
    may_undo: bool
    single: SingleChange | None = None

    @property
    def kind(self) -> Kind | None:
        """The kind of its records, if it is about one kind."""
        return get_kind(self.record.table)

    @property
    def count_text(self) -> str:
        """ "400 leads changed", "7 leads added", "3 leads moved to Trash"."""
        words = str(get_count_label(self.record))
        return words % {"counted": self.kind.words.counted(self.record.changed)} if self.kind else ""

    @property
    def counted_rows(self) -> str:
        """What a verb says that counts something else than records, such as the rows of a file."""
        verb = get_verb(self.record)
        return verb.describe_counted_rows(self.record) if verb else ""

    @property
    def icon(self) -> str:
        if self.record.undoes_id:
            return "undo"
        verb = get_verb(self.record)
        return verb.icon if verb else "edit"


def build_operation_lines(records: list[Operation], user) -> list[OperationLine]:
    undoing, singles = get_undoing_operations(records), get_single_record_changes(records, user)
    found = []
    for record in records:
        undone, half_undone = record.pk in undoing.done, record.pk in undoing.partly
        may = may_undo_own(record, user, undone=undone)
        single, words = singles.get(record.pk), describe_operation(record, user)
        words = describe_single_change(single, words) if single else words
        found.append(OperationLine(record, words, undone, half_undone, may, single))
    return found


def describe_with_record_name(record: Operation, user) -> str:
    """What was done, with the record's name if there was only one and the user sees it."""
    single = get_single_record_changes([record], user).get(record.pk)
    return (
        describe_single_change(single, describe_operation(record, user))
        if single
        else describe_operation(record, user)
    )


def describe_what_was_saved(record: Operation, user) -> str:
    """A sentence for the user who has just saved one record; without words for what they no longer see."""
    single = get_single_record_changes([record], user).get(record.pk)
    kind = get_kind(record.table)
    if single is None or kind is None or not single.fields:
        return _now("Saved.")
    columns = [str(field.column) for field in kind.model._meta.concrete_fields]
    single.fields.sort(key=lambda one: columns.index(one.column) if one.column in columns else len(columns))
    return _now("Saved. %(what)s") % {"what": describe_saved_values(single)}


@dataclass(frozen=True)
class RefusedRows:
    """One reason why rows couldn't be changed or were kept, with a few that the reader sees."""

    reason: str
    count: int
    kind: Kind | None
    examples: list[Any]


def build_receipt(record: Operation, user) -> dict:
    """The counts by verdict, and each reason with a few visible examples."""
    # The parts of one operation have the same reasons; the first has the examples.
    refused: dict[tuple[str, str], RefusedRows] = {}
    for verdict in (
        record.get_all_verdicts().filter(word=Verdict.Word.REFUSED).order_by("pk").with_first_ids()
    ):
        kind = get_kind(verdict.table)
        if known := refused.get((verdict.table, verdict.reason)):
            refused[verdict.table, verdict.reason] = replace(known, count=known.count + verdict.count)
            continue
        examples = []
        if kind:
            rows = kind.model.objects.filter(pk__any=verdict.first_ids).visible_to(user)
            examples = get_records_for_page(
                kind, list(rows.order_by("pk").values_list("pk", flat=True)[:EXAMPLES])
            )
        reason = get_reason_sentence(verdict.reason, kind)
        refused[verdict.table, verdict.reason] = RefusedRows(reason, verdict.count, kind, examples)
    refusals = list(refused.values())
    return {
        "words": describe_with_record_name(record, user),
        "kind": get_kind(record.table),
        "refusals": refusals,
    }


@dataclass(frozen=True)
class OperationSection:
    """One page of the changed records of one kind, each with its fields, old and new. `unseen` counts those that the
    reader can't see; `next` is the id after which the next page begins."""

    kind: Kind
    rows: list[tuple[Any, list[FieldChange]]]
    unseen: int
    next: int | None


def build_change_sections(record: Operation, user, data: QueryDict) -> list[OperationSection]:
    """What changed in the records of each kind that the reader may view; the operation's own kind comes first."""
    verdicts: dict[str, list[Verdict]] = {}
    for verdict in record.get_all_verdicts().filter(word=Verdict.Word.CHANGED).order_by("pk").defer("ids"):
        verdicts.setdefault(verdict.table, []).append(verdict)
    tables = sorted(verdicts, key=lambda table: table != record.table)
    kinds = [kind for table in tables if (kind := get_kind(table)) and user.has_perm(kind.get_right("view"))]
    return [_build_section(record, kind, verdicts[kind.name], user, data) for kind in kinds]


def _build_section(
    record: Operation, kind: Kind, verdicts: list[Verdict], user, data: QueryDict
) -> OperationSection:
    after = parse_number(data.get("after", "")) or 0 if kind.name == record.table else 0
    page = _get_visible_ids(kind, verdicts, after, user, PAGE + 1)
    shown = get_records_for_page(kind, page[:PAGE])
    # Start from the rows: an index finds their few changes, while a big operation's changes would all be read.
    since = Change.objects.filter(at__gte=record.earliest_change_at)
    changes = since.of_rows(kind.name, page[:PAGE]).order_by("id")
    fields: dict[int, list[FieldChange]] = {}
    for change, found in build_changes_in_words(
        kind.model, [one for one in changes if one.operation_id in record.own_ids], user
    ):
        fields.setdefault(change.row, []).extend(found)
    rows = [(row, fields.get(row.pk, [])) for row in shown]
    return OperationSection(
        kind, rows, _count_unseen(kind, verdicts, user), page[PAGE - 1] if len(page) > PAGE else None
    )


def _get_visible_ids(kind: Kind, verdicts: list[Verdict], after: int, user, most: int) -> list[int]:
    """The first ids of the verdicts after `after` that the user sees, in the order of the ids."""
    found: list[int] = []
    while len(found) < most:
        # Each verdict is in order, but those of an undo come the other way round.
        several = [ids for verdict in verdicts if (ids := verdict.get_ids_after(after, ASKED))]
        if not several:
            break
        # Beyond the last id of a full chunk, another verdict may have more.
        last = min((ids[-1] for ids in several if len(ids) == ASKED), default=max(ids[-1] for ids in several))
        ids = [pk for ids in several for pk in ids if pk <= last]
        rows = kind.model.objects.filter(pk__any=ids).visible_to(user)
        found += rows.order_by("pk").values_list("pk", flat=True)
        after = last
    return found[:most]


def _count_unseen(kind: Kind, verdicts: list[Verdict], user) -> int:
    number = sum(verdict.count for verdict in verdicts)
    if user.sees_everything or number > COUNTED:
        return 0
    ids = [pk for verdict in verdicts for pk in verdict.ids]
    return number - kind.model.objects.filter(pk__any=ids).visible_to(user).count()


@dataclass(frozen=True)
class ChangedRow:
    """A row of a small table that an operation changed: its type, its current name, the fields."""

    kind: str
    name: str
    words: str
    fields: list[FieldChange]


def get_other_rows(record: Operation, user) -> list[ChangedRow]:
    """The statuses, tags and so on that an operation changed and that the reader may view. Rows without a name, such as
    the cost of a source, are described by the operation's text."""
    changed = record.get_all_verdicts().filter(word=Verdict.Word.CHANGED).values_list("table", flat=True)
    found = []
    for table in dict.fromkeys(changed):
        model: Any = get_tracked_models().get(table)
        named = model is not None and issubclass(model, Retirable | BuiltInField)
        if not named or not user.has_perm(model.get_right("view")):
            continue
        changes = Change.objects.of_operation_and_parts(record, table).order_by("row", "id")
        scoped = hasattr(model.objects, "visible_to")
        seen = model.objects.visible_to(user) if scoped else model.objects
        rows = seen.in_bulk([change.row for change in changes])
        for change, fields in build_changes_in_words(model, changes, user):
            if scoped and change.row not in rows:
                continue
            name = _get_changed_row_label(rows[change.row]) if change.row in rows else f"#{change.row}"
            words = "" if change.diff else str(change.get_kind_display())
            found.append(ChangedRow(str(model._meta.verbose_name), name, words, fields))
    return found


def _get_changed_row_label(row: Any) -> str:
    if isinstance(row, BuiltInField):
        return row.label or SCHEMAS[row.table_of].get_heading(row.name)
    return get_row_label(row)
