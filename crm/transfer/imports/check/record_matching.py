"""Finds the record of a row by its ID, email, phone, or a field that the importer chose, among the records the importer
may change and in the file.

Records that the importer may not change are never searched: they are treated as if they didn't exist. Texts are folded
by the database, like its key columns (crm/platform/text/text_folding.py).
"""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.fields.custom.unique.taken_values import get_holders_by_key
from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.custom.values.stored_values import annotate_custom_values, convert_stored_value
from crm.fields.model_fields import KeyColumn
from crm.fields.schemas import WHOLE_NAME
from crm.fields.types.field_type import get_field_type
from crm.fields.types.phones import normalize_phone
from crm.fields.types.texts import Phone
from crm.models import Change, Import
from crm.platform.text.text_folding import fold_texts
from crm.records.history.merged_records import find_present_survivors
from crm.records.kinds.excel_resource import RecordResource
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.namesakes import (
    NO_MARKS,
    Marks,
    OftenNamed,
    fill_in_namesakes,
    get_distinguishing_details,
)
from crm.transfer.imports.check.unique_values import get_current_holders, get_unique_keys
from crm.transfer.imports.columns.import_options import ImportOptions


@dataclass
class RowKeys:
    """The keys of one row."""

    id: int | None = None
    email: str = ""
    phone: str = ""
    unique: dict[str, str] = field(default_factory=dict)
    field: str = ""
    marks: Marks = NO_MARKS

    def get_shared_keys(self, found: "PossibleRecords") -> list[str]:
        """The keys that make this row the same as another row with one of them."""
        records = {
            self.id,
            found.by_email.get(self.email),
            found.by_phone.get(self.phone),
            found.by_field.get(self.field),
            found.meant.get((self.field, self.marks)),
        }
        texts = [("email", self.email), ("phone", self.phone), ("field", self.field)]
        texts += self.unique.items()
        return [f"id:{pk}" for pk in records if pk] + [f"{name}:{text}" for name, text in texts if text]


@dataclass
class PossibleRecords:
    """The records that some rows may match: their values by field, by ID, and the IDs by key. `several` are keys of the
    chosen field that more than one record has, with their number; `meant` and `unclear` are the same where
    more than a name says which record is meant (crm/transfer/imports/check/namesakes.py); `held` are the records with the rows' unique values,
    whether the importer may see them or not. `merged` are the records that missing ones were merged into, by ID."""

    records: dict[int, dict[str, Any]] = field(default_factory=dict)
    by_email: dict[str, int] = field(default_factory=dict)
    by_phone: dict[str, int] = field(default_factory=dict)
    by_field: dict[str, int] = field(default_factory=dict)
    several: dict[str, int] = field(default_factory=dict)
    meant: dict[tuple[str, Marks], int] = field(default_factory=dict)
    unclear: dict[tuple[str, Marks], int] = field(default_factory=dict)
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)


def get_lookup_column(rules: ImportRules | type[ImportRules], model: Any, name: str) -> str:
    """The database column in which a field is looked up."""
    if name == WHOLE_NAME and rules.splits_names:
        return "name_key"
    found: Any = model._meta.get_field(name)
    return get_field_type(found).get_sort_column(found)


class Recognition:
    """How the rows of one import are matched."""

    def __init__(self, rules: ImportRules, options: ImportOptions, imported: Import | None = None) -> None:
        """`imported` is the file with its mapping, if it is one of records."""
        self.rules, self.options = rules, options
        self.model: Any = rules.kind.model
        chosen = options.key if "field" in options.keys else ""
        # A unique field has no column: its values are looked up in their own table.
        self.unique = rules.unique_fields.get(chosen)
        self.column = get_lookup_column(rules, self.model, chosen) if chosen in rules.keys else ""
        self.told = get_distinguishing_details(rules, chosen, imported) if imported else None
        key: Any = self.model._meta.get_field(self.column) if self.told else None
        self.often: Container[str] = OftenNamed(imported, chosen, key.fold) if imported and self.told else ()

    def build_keys(self, rows: list[dict[str, Any]], country: str) -> list[RowKeys]:
        """`rows` are the cleaned values of rows by field; all their texts are folded together."""
        wanted, rules = self.options.keys, self.rules
        emails = [str(values.get(rules.email) or "") if "email" in wanted else "" for values in rows]
        texts = [self._get_key_text(values, country) if self.column else "" for values in rows]
        by_email, by_text = self.fold_emails(emails), self.fold_key_texts(texts)
        found = []
        unique = get_unique_keys(rules, rows)
        for values, email, text, own in zip(rows, emails, texts, unique, strict=True):
            phone = next((values[name] for name in rules.phones if values.get(name)), "")
            found.append(
                RowKeys(
                    id=values.get("id") if "id" in wanted else None,
                    email=by_email.get(email, ""),
                    phone=normalize_phone(phone, country) if "phone" in wanted else "",
                    field=own.get(self.unique.name, "") if self.unique else by_text.get(text, ""),
                    unique=own,
                )
            )
        return found

    def _get_key_text(self, values: dict[str, Any], country: str) -> str:
        """The row's text in the chosen field; a phone in its normal form."""
        name = self.options.key
        if name == WHOLE_NAME and self.rules.splits_names:
            whole = f"{values.get('first_name') or ''} {values.get('last_name') or ''}".strip()
            said = self.options.split_name(values.get(WHOLE_NAME) or "")
            return " ".join(said).strip() or whole
        text = str(values.get(name) or "")
        return normalize_phone(text, country) if self._is_phone else text

    @property
    def _is_phone(self) -> bool:
        name = self.options.key
        whole = name == WHOLE_NAME and self.rules.splits_names
        return not whole and isinstance(get_field_type(self.model._meta.get_field(name)), Phone)

    def get_planned_texts(self, planned: list[dict[str, Any]]) -> list[str]:
        """The same for planned new records, whose values are by column and whose phones are normalized."""
        if self._is_phone:
            return [values.get(self.column, "") for values in planned]
        return [self._get_key_text(values, "") for values in planned]

    def fold_emails(self, texts: Iterable[str]) -> dict[str, str]:
        return fold_texts(filter(None, texts), function="leadwell_fold_email")

    def fold_key_texts(self, texts: Iterable[str]) -> dict[str, str]:
        """Folded like the column in which the chosen field is looked up."""
        key = self.model._meta.get_field(self.column) if self.column else None
        if isinstance(key, KeyColumn):
            return fold_texts(filter(None, texts), function=key.fold, length=key.max_length)
        return {text: text for text in texts if text}


def get_merged_sentence(pk: int) -> str:
    """Why a row with the ID of a merged record isn't imported: the two had different values when the file was made."""
    return _(
        "The record with this ID was merged into the record with the ID %(pk)s. Enter that ID to change it."
    ) % {"pk": pk}


class Matcher:
    """Looks up the records of many rows at once."""

    def __init__(
        self,
        recognition: Recognition,
        resource: RecordResource,
        user,
        mapped: Iterable[str] = (),
        new: Iterable[Any] = (),
    ) -> None:
        """`mapped` are the fields in the file, `new` those that the import would create: no record has a value in
        them yet."""
        self.recognition, self.rules = recognition, recognition.rules
        rules = self.rules
        self.none_yet = {field.name: None if field.null else "" for field in new}
        self.rows = recognition.model.objects.present().changeable_by(user)
        stored = {found.attname for found in recognition.model._meta.concrete_fields}
        # Of the custom fields, only those in the file are read.
        stored |= {
            name
            for name in (*mapped, *rules.additionally_read_fields)
            if get_custom_field(rules.kind.name, name)
        }
        self.attributes = {
            name: column.attribute for name, column in resource.fields.items() if column.attribute in stored
        }

    def find(self, rows: list[RowKeys]) -> PossibleRecords:
        found = PossibleRecords()
        ids = [keys.id for keys in rows if keys.id]
        if ids:
            found.records |= self._get_values_by_id(self.rows.filter(pk__any=ids))
            if missing := [pk for pk in ids if pk not in found.records]:
                found.merged = find_present_survivors(self.rules.kind, self.rows, missing)
        # If there are several, the newest wins.
        if emails := {keys.email for keys in rows if keys.email}:
            found.by_email = self._find_by_column(f"{self.rules.email}_key", emails)
        if phones := {keys.phone for keys in rows if keys.phone}:
            found.by_phone = self._find_by_column(f"{self.rules.phones[0]}_normal", phones)
        if texts := {keys.field for keys in rows if keys.field}:
            if self.recognition.told:
                fill_in_namesakes(found, rows, self.rows, self.recognition, self.attributes)
            else:
                self._fill_in_by_field(found, list(texts))
        found.held = get_current_holders(self.rules, [keys.unique for keys in rows])
        others = {*found.by_email.values(), *found.by_phone.values(), *found.by_field.values()}
        others |= {*found.meant.values()}
        others |= {*found.merged.values()}
        others -= found.records.keys()
        if others:
            found.records |= self._get_values_by_id(self.rows.filter(pk__any=list(others)))
        return found

    def _find_by_column(self, column: str, texts: set[str]) -> dict[str, int]:
        with_text = self.rows.filter(**{f"{column}__in": texts}).exclude(**{column: ""}).order_by("pk")
        return dict(with_text.values_list(column, "pk"))

    def _fill_in_by_field(self, found: PossibleRecords, texts: list[str]) -> None:
        """A value that several records share, such as a company name, doesn't identify a record."""
        if unique := self.recognition.unique:
            by_key = get_holders_by_key(unique, texts)
            own = set(self.rows.filter(pk__any=list(by_key.values())).values_list("pk", flat=True))
            found.by_field = {key: pk for key, pk in by_key.items() if pk in own}
            return
        column = self.recognition.column
        with_text: dict[str, list[int]] = defaultdict(list)
        rows = self.rows.filter(**{f"{column}__in": texts})
        for text, pk in rows.values_list(column, "pk"):
            with_text[text].append(pk)
        for text, ids in with_text.items():
            if len(ids) == 1:
                found.by_field[text] = ids[0]
            else:
                found.several[text] = len(ids)

    def _get_values_by_id(self, rows) -> dict[int, dict[str, Any]]:
        names = list(self.attributes)
        rows = annotate_custom_values(rows, names)
        return {
            values[names.index("id")]: self.none_yet | dict(zip(names, values, strict=True))
            for values in rows.values_list(*self.attributes.values())
        }


class FileState:
    """The state of records when a file was made: the fields that have changed since a version, with their old values."""

    def __init__(self, model: Any, attributes: dict[str, str]) -> None:
        self.model = model
        names = {attribute: name for name, attribute in attributes.items()}
        self.by_column = {
            column.column: names[column.attname]
            for column in model._meta.local_concrete_fields
            if column.attname in names
        } | {name: name for name in names if get_custom_field(model.table, name)}

    def get_changes_since(self, wanted: dict[int, int]) -> dict[int, dict[str, tuple[Any, Change]]]:
        """`wanted` are IDs with the version of the file. Returns {field: (old value, last change of it)} for each ID."""
        found: dict[int, dict[str, tuple[Any, Change]]] = {pk: {} for pk in wanted}
        rows = (
            Change.objects.filter(table=self.model.table, row__in=list(wanted))
            .select_related("operation__by")
            .order_by("id")
        )
        for change in rows:
            if change.version <= wanted[change.row]:
                continue
            touched = found[change.row]
            for column, (old, _new) in (change.fields or {}).items():
                name = self.by_column.get(column)
                if name:
                    then = (
                        touched[name][0] if name in touched else convert_recorded_value(self.model, name, old)
                    )
                    touched[name] = (then, change)
        return found


def convert_recorded_value(model: Any, name: str, recorded: Any) -> Any:
    """A recorded value with the column's Python type."""
    if custom := get_custom_field(model.table, name):
        return convert_stored_value(custom, recorded)
    return cast(Field, model._meta.get_field(name)).to_python(recorded)


def get_author_and_time(change) -> list[str]:
    who = change.operation.by.name if change.operation and change.operation.by else ""
    return [who, timezone.localtime(change.at).isoformat()]


def are_different_people(email: str | None, other: str | None) -> bool:
    """Whether these are two people who share a phone: colleagues have the number of the reception."""
    return bool(email and other and email.casefold() != other.casefold())
