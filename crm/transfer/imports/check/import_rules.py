"""What the import of a kind knows beyond its fields: headers of other programs, defaults of new records, and the rules
that apply everywhere.

The app of a kind subclasses ImportRules, such as leads/imports/lead_import.py.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_countries import countries

from crm.fields.custom.definitions.built_in_fields import get_required_field_names
from crm.fields.custom.unique.taken_values import get_unique_fields
from crm.fields.schemas import WHOLE_NAME
from crm.fields.types.field_type import EMPTY_VALUES
from crm.models import Import, Operation, Tag
from crm.platform.text.country_names import find_similar_country
from crm.records.kinds.kind_registry import Kind
from crm.transfer.imports.check.custom_choices import Maker, find_or_create_tag, get_custom_choices
from crm.transfer.imports.check.namesake_details import Namesakes
from crm.transfer.imports.check.owner_check import Errors, check_owner_and_department, check_reassignment
from crm.transfer.imports.columns.shared_headers import MissingField

# A value that apply will create is this prefix and its name in the values of a row.
TO_MAKE = "new:"

Choices = list[tuple[str, Any]]


class ImportRules:
    """What the importer may do and what exists, each looked up once. `errors` are pairs of a field, or '', and a sentence."""

    # What is before the names of these fields in the mapping of an import.
    prefix: ClassVar[str] = ""
    # Headers of other programs and people, folded, by field, separated by commas.
    words: ClassVar[Mapping[str, str]] = {}
    # Whom the rest of a header is about, as in "Attendee email", and the fields that such a rest can mean.
    subjects: ClassVar[str] = ""
    parts: ClassVar[tuple[str, ...]] = ()
    # The fields of other programs that these records have only as custom fields, by name.
    lacks: ClassVar[Mapping[str, MissingField]] = {}
    # Whether one column may contain first and last name together.
    splits_names: ClassVar[bool] = False
    # The fields of which a record must have one, and the one that a text from another column goes to if it has none.
    named_by: ClassVar[tuple[str, ...]] = ()
    name_goes_to: ClassVar[str] = ""
    # The field that takes lines from columns without a field, if there is one.
    lines_go_to: ClassVar[str] = ""
    # How a record is recognized: its email, its phones, and fields that the user can choose.
    email: ClassVar[str] = ""
    phones: ClassVar[tuple[str, ...]] = ()
    keys: ClassVar[tuple[str, ...]] = ()
    # How it is recognized at first, if not by what it has of these (crm/transfer/imports/columns/import_options.py).
    match: ClassVar[str] = ""
    # What tells records of the same name apart, if names alone say too little.
    namesakes: ClassVar[Namesakes | None] = None
    # What other programs call such records, before "ID" and the like in headers.
    numbered_as: ClassVar[tuple[str, ...]] = ()
    # The fields by which a row of a file can name another row of it, for links to records of the same kind.
    named_in_file: ClassVar[tuple[str, ...]] = ()
    # Whether files of other records can add one by naming it.
    added_by_links: ClassVar[bool] = True
    # What new records get if their cell is empty, and which of these the user must choose.
    defaults: ClassVar[tuple[str, ...]] = ("department", "owner", "country")
    required_defaults: ClassVar[tuple[str, ...]] = ("department",)
    # Fields that can't be empty; an empty cell never clears them.
    never_empty: ClassVar[tuple[str, ...]] = ("department", "shared")
    # Fields in which apply can create unknown values.
    makers: ClassVar[Mapping[str, Maker]] = {"tags": find_or_create_tag}
    # Offered as drop-downs when correcting a cell, and shown for new records in the plan.
    offered: ClassVar[tuple[str, ...]] = ("owner", "country")
    standing: ClassVar[tuple[str, ...]] = ("owner", "department")
    # A field whose text can mean an existing record of another kind, the link that says so, and the question whether to link.
    links_by: ClassVar[str] = ""
    linked_field: ClassVar[str] = ""
    link_label: ClassVar[Any] = ""
    # Whether the importer may leave the owners of new records to rules.
    offers_rules: bool = False
    # Columns that an insert computes from others: SQL over the planned row `v`.
    filled: ClassVar[Mapping[str, str]] = {}

    def __init__(self, kind: Kind, user) -> None:
        self.kind, self.user = kind, user
        self.may_assign, self.may_change = (
            user.has_perm(kind.get_right(right)) for right in ("assign", "change")
        )
        self.now = timezone.now()

    # Read when first asked for: rules are also made to find out what a sheet is, for each kind of record

    @cached_property
    def retired_tags(self) -> set[int]:
        return set(Tag.objects.exclude(retired=False).values_list("pk", flat=True))

    @cached_property
    def departments(self) -> dict[int, Any]:
        return {row.pk: row for row in apps.get_model(settings.DEPARTMENT_MODEL).objects.all()}

    @cached_property
    def visible_departments(self) -> list[Any]:
        departments = apps.get_model(settings.DEPARTMENT_MODEL).objects
        return list(departments.active().visible_to(self.user).by_name())

    @cached_property
    def allowed_departments(self) -> set[int]:
        return {row.pk for row in self.visible_departments}

    @cached_property
    def owners(self) -> dict[int, Any]:
        people = get_user_model()._default_manager
        assignable = people.assignable_by(self.user).values("pk")
        return {row.pk: row for row in people.with_rights().filter(pk__in=assignable)}

    @property
    def additionally_read_fields(self) -> set[str]:
        """The custom fields of existing records that the rules look at, besides those in the file."""
        return set()

    @property
    def matching_fields(self) -> set[str]:
        """The fields of a row that are used to find its record."""
        return {"id", "version", "first_name", "last_name", self.email, *self.phones, *self.matched_by}

    @cached_property
    def unique_fields(self) -> dict[str, Any]:
        """The unique custom fields that the importer may see, by name."""
        return {field.name: field for field in get_unique_fields(self.kind.name, self.user)}

    @property
    def matched_by(self) -> list[str]:
        """The fields that the importer can choose to find records by."""
        return [*self.keys, *self.unique_fields]

    # Choices in the forms

    def get_first_defaults(self) -> dict[str, Any]:
        """What new records get until the user chooses. There is always a department."""
        own = [
            pk
            for pk in self.user.department_ids
            if pk in self.departments and not self.departments[pk].retired
        ]
        visible = [row.pk for row in self.visible_departments]
        return {"department": [*own, *visible, None][0], "owner": None, "country": "", "tags": []}

    @cached_property
    def choices(self) -> dict[str, Choices]:
        """The choices by field: for new records, and for unknown values in the file."""
        return self.get_choices()

    def get_choices(self) -> dict[str, Choices]:
        """What `choices` keeps."""
        people = sorted(self.owners.values(), key=lambda row: (row.pk != self.user.pk, row.name.casefold()))
        owners = people if self.may_assign else [row for row in people if row.pk == self.user.pk]
        return {
            "department": [(str(row.pk), row.name) for row in self.visible_departments],
            "owner": [("", _("Unassigned")), *((str(row.pk), row.name) for row in owners)],
            "country": [("", _("none")), *((code, str(name)) for code, name in countries)],
            "tags": [(str(row.pk), row.name) for row in Tag.objects.active().in_order()],
            **get_custom_choices(self.kind, self.user, self.owners),
        }

    def suggest_value(self, name: str, text: str) -> int | str | None:
        """The row that another program means by a word, or a country with a similar name; only a suggestion, the user decides."""
        return (find_similar_country(text) or None) if name == "country" else None

    def treat_as_active(self, decided: dict[str, set[int]]) -> None:
        """Judge as if these retired values, by field, were active: apply reactivates them first."""
        self.retired_tags -= decided.get("tags", set())

    def can_be_reactivated(self, name: str, pk: int) -> bool:
        """Whether a retired value can be reactivated without further conditions."""
        return True

    def get_distinguishing_text(self, name: str, text: str) -> str:
        """The letters and digits of a value, folded, as they are compared to tell records of the same name apart."""
        return text

    def build_named_cells(self, text: str) -> dict[str, str]:
        """The cells of a new record of which only this is known, because another record links to it."""
        return {self.email: text} if self.email and "@" in text else {WHOLE_NAME: text}

    # The fields of a row

    def get_cells(self) -> Any:
        """What the cells of each column mean."""
        return self.kind.resource(self.kind, self.user)

    def get_heading(self, name: str) -> str:
        """What the target of a column is called."""
        return self.kind.get_heading(name)

    def can_be_empty(self, name: str, defaults: Mapping[str, Any]) -> bool:
        """Whether a row can be imported with an empty cell in this field: what is required has a default."""
        # A wrong email is no reason to lose the row, even if it can stand for a name.
        if name in set(self.named_by).difference([self.email, *self.phones]):
            return False
        if name in self.defaults and defaults.get(name):
            return True
        required = {
            field.name for field in self.kind.get_custom_fields(self.user) if field.definition.required
        }
        return name not in {*self.never_empty, *get_required_field_names(self.kind.name), *required}

    # What a row is called

    def format_row_count(self, count: int) -> str:
        """Rows with what they are, such as "3 leads"."""
        return self.kind.words.counted(count)

    def get_row_title(self, shown: dict[str, str]) -> str:
        """From the content of the row, valid or not."""
        return shown.get("name", "")

    def get_row_subtitle(self, shown: dict[str, str]) -> str:
        return next(filter(None, (shown.get(name, "") for name in self.keys if name != "name")), "")

    def get_correcting_fields(self, name: str) -> Sequence[str]:
        """The fields whose column can correct an error in this field, if this field has no column."""
        return ()

    def get_correcting_default(self, text: str) -> str:
        """The field whose value for empty cells fixes this error in all rows, '' if there is none."""
        return ""

    # Rules

    @classmethod
    def lock_settings(cls) -> None:
        """Keep the settings that the rules read as they are until the end of the transaction."""

    def judge_together(
        self, rows: Sequence[tuple[dict[str, Any], dict[str, Any] | None]]
    ) -> dict[int, tuple[str, str]]:
        """What is looked up for many rows at once: the field and the sentence of each row that is refused, by its place.
        `rows` are the planned values by column, each with the record that it changes."""
        return {}

    @classmethod
    def lock_own_links(cls) -> None:
        """No one else links records of this kind to each other until the end of the transaction."""

    def find_cycles(self, links: Mapping[int, int | None]) -> set[int]:
        """The records that would link to themselves, directly or through others, if such links to records of their kind were
        set. New records have numbers below zero."""
        return set()

    def link_together(self, rows: Sequence[tuple[dict[str, Any], dict[str, Any] | None]]) -> dict[int, int]:
        """The records that rows are linked to if the user asked for it, by their place; as for judge_together."""
        return {}

    def get_link_counts(self) -> dict[str, Any]:
        """What the plan says about these links, kept with its counts."""
        return {}

    @classmethod
    def describe_links(cls, counts: dict[str, Any]) -> list[str]:
        """The same as sentences, from the counts of an import."""
        return []

    def write_consequences(self, record: Operation, imported: Import, ids: list[int]) -> None:
        """What else belongs to the operation; `ids` are the records that it added and changed."""

    def get_judging_settings(self) -> str:
        """The settings that a plan depends on, as one text: a plan that was judged by other ones is outdated."""
        return ""

    def get_allowed_values(self) -> dict[str, set[str]]:
        """The values a plan may still assign, by column, as text: they may have changed since the plan was made."""
        tags = set(Tag.objects.values_list("pk", flat=True)) - self.retired_tags
        return {
            "department_id": {str(pk) for pk in self.allowed_departments},
            "owner_id": {str(pk) for pk in self.owners},
            "tags": {str(pk) for pk in tags},
        }

    def fill_in(self, values: dict[str, Any], defaults: dict[str, Any]) -> None:
        """The values of new records for empty cells."""
        for name in self.defaults:
            if values.get(name) in (None, "") and defaults.get(name):
                values[name] = defaults[name]
        if defaults.get("tags"):
            values["tags"] = sorted({*values.get("tags", []), *defaults["tags"]}, key=str)

    def judge_new(self, values: dict[str, Any], *, chosen: bool) -> Errors:
        """Check a new record; `chosen` says that the file names its department."""
        return [
            *check_owner_and_department(self, values, chosen=chosen),
            *self.check_retired(values),
            *self.check_times(values),
            *self.check_name(values),
        ]

    def judge_change(
        self, values: dict[str, Any], record: dict[str, Any], merged: dict[str, Any], defaults: dict[str, Any]
    ) -> Errors:
        """Check the row's changes, given the record as is and as it would be. May add to both."""
        errors = (
            check_reassignment(self, values, record, merged) if {"owner", "department"} & set(values) else []
        )
        added = [tag for tag in values.get("tags", []) if tag not in record.get("tags", [])]
        return [*errors, *self.check_retired({**values, "tags": added}), *self.check_name(merged)]

    @cached_property
    def countries(self) -> dict[int, str]:
        return {pk: str(row.country) for pk, row in self.departments.items()}

    def get_country(self, department: int | None) -> str:
        return self.countries.get(department or 0, "")

    def check_retired(self, values: dict[str, Any]) -> Errors:
        """Retired values can't be newly chosen."""
        tags = {tag for tag in values.get("tags") or [] if isinstance(tag, int)}
        return [("tags", _("This tag is retired."))] if tags & self.retired_tags else []

    def check_times(self, values: dict[str, Any]) -> Errors:
        """Past events can't be in the future."""
        names = self.kind.resource.only_for_new
        late = [name for name in names if isinstance(at := values.get(name), datetime) and at > self.now]
        return [(name, _("Enter a date that isn’t in the future.")) for name in late]

    def check_name(self, values: dict[str, Any]) -> Errors:
        """At least a name is required, or what stands for it."""
        if any(values.get(name) not in EMPTY_VALUES for name in self.named_by or (WHOLE_NAME,)):
            return []
        rules = {rule.name: rule for rule in self.kind.model._meta.constraints}
        rule = rules.get(f"{self.kind.name}_has_a_name")
        return [(WHOLE_NAME, str(rule.violation_error_message) if rule else _("Enter a name."))]
