"""A business on paper: its people, statuses, sources and tags are in no database, and files are imported into it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from import_export.fields import Field
from import_export.resources import ModelResource

from accounts.models import User
from crm.fields.custom.definitions import built_in_fields
from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.widgets.lookup_widgets import LabelCell, RelatedCell, TagsCell
from crm.models import BuiltInField, CustomField, Import
from crm.platform.web.request_cache import cache_reads
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.cell_cleaning import CleanedCell, RowCleaner
from crm.transfer.imports.check.cell_comparison import RowJudgment
from crm.transfer.imports.check.row_judgment import RowJudge
from crm.transfer.imports.columns.import_options import ImportOptions
from customers.companies.excel import CompanyImport, CompanyResource
from leads.excel import LeadResource
from leads.imports.lead_import import LeadImport
from leads.models import Pipeline, Status

SALES, EXPORT = 1, 2
ANN, BOB, DAN, EVE = 11, 12, 13, 14
NEW, CONTACTED, QUALIFIED, LOST, OUTDATED, RENEWED = 21, 22, 23, 24, 25, 26
WEBSITE, EVENT, OLD_FAIR = 41, 42, 43
PRICE, TIMING = 51, 52
HOT, COLD, FAIR, OLD = 61, 62, 63, 64

DEPARTMENTS = {
    SALES: SimpleNamespace(pk=SALES, name="Sales", country="RO", retired=False),
    EXPORT: SimpleNamespace(pk=EXPORT, name="Export", country="DE", retired=False),
}
PEOPLE = {
    ANN: SimpleNamespace(pk=ANN, name="Ann", department_ids=[SALES]),
    BOB: SimpleNamespace(pk=BOB, name="Bob", department_ids=[SALES]),
    DAN: SimpleNamespace(pk=DAN, name="Dan", department_ids=[EXPORT]),
}
# In a table: nothing is written into the field.
UNCHANGED = "unchanged"
ALL_RIGHTS = ("view", "add", "change", "import", "assign")


def statuses() -> dict[int, Status]:
    """Contacted leads can only become Qualified, which requires a company, or Lost, which requires a reason."""
    sales = Pipeline(pk=1, name="Sales", purpose="leads")
    renewals = Pipeline(pk=2, name="Renewals", purpose="leads")
    rows = [
        Status(pk=NEW, name="New", kind="new", pipeline=sales),
        Status(
            pk=CONTACTED, name="Contacted", kind="contacted", pipeline=sales, next_statuses=[QUALIFIED, LOST]
        ),
        Status(pk=QUALIFIED, name="Qualified", kind="qualified", pipeline=sales, required_fields=["company"]),
        Status(pk=LOST, name="Lost", kind="lost", pipeline=sales),
        Status(pk=OUTDATED, name="Outdated", kind="contacted", pipeline=sales, retired=True),
        Status(pk=RENEWED, name="Renewed", kind="contacted", pipeline=renewals),
    ]
    return {row.pk: row for row in rows}


NAMES: dict[str, dict[int, str]] = {
    "tags": {HOT: "hot", COLD: "cold", FAIR: "fair", OLD: "old"},
    "status": {pk: row.name for pk, row in statuses().items()},
    "source": {WEBSITE: "Website", EVENT: "Event", OLD_FAIR: "Old fair"},
    "lost_reason": {PRICE: "Price", TIMING: "Timing"},
    "department": {pk: row.name for pk, row in DEPARTMENTS.items()},
    "owner": {pk: row.name for pk, row in PEOPLE.items()},
}
RETIRED = {"tags": {OLD}, "status": {OUTDATED}, "source": {OLD_FAIR}}
# Records before a file changes them.
OWNED: dict[str, Any] = {
    "id": 7, "version": 3, "owner": BOB, "department": SALES, "tags": [], "shared": False, "country": "",
}  # fmt: skip
LEAD: dict[str, Any] = {
    **OWNED, "first_name": "Ana", "last_name": "Pop", "status": NEW, "source": WEBSITE, "currency": "EUR",
    "vip": False, "lost_reason": None, "value": None, "next_action_on": None,
}  # fmt: skip
RECORDS = {"lead": LEAD, "company": {**OWNED, "name": "Acme", "parent": None}}
DEFAULTS = {"department": SALES, "status": NEW, "source": WEBSITE, "owner": None, "currency": "EUR"}


class Rules:
    """What the rules would read."""

    def __init__(self, kind: Any, user: Any) -> None:
        super().__init__(kind, user)
        self.departments, self.owners, self.statuses = DEPARTMENTS, PEOPLE, statuses()
        self.visible_departments = [DEPARTMENTS[pk] for pk in user.department_ids]
        self.retired_tags, self.retired_sources = {OLD}, {OLD_FAIR}


class Sheet:
    """The columns, with the names that they would read."""

    def __init__(
        self,
        kind: Any,
        user: Any,
        *,
        more: Sequence[Any] = (),
        day_first: bool = True,
        day_orders: dict[str, bool] | None = None,
        decimal: str = ".",
        mixed: Sequence[str] = (),
    ) -> None:
        ModelResource.__init__(self)
        self.kind, self.user = kind, user
        for field in (*kind.get_custom_fields(user), *more):
            self.fields[field.name] = Field(field.attname, field.name, widget=field.type.widget(field))
        for name, field in self.fields.items():
            widget = field.widget
            if name in NAMES:
                LabelCell.prepare(widget, user)
                for pk, label in NAMES[name].items():
                    widget.add_label(pk, label, [])
                if name == "owner":
                    # Her name can be read in files, but the importer can't assign to her.
                    widget.labels[EVE] = "Eve"
                if isinstance(widget, RelatedCell | TagsCell):
                    widget._retired = RETIRED.get(name, set())
            elif name == "currency":
                widget.known = {"EUR", "RON"}
            elif name != "created_by":
                order = (day_orders or {}).get(name, day_first)
                widget.prepare(user, day_first=order, decimal=decimal, mixed=name in mixed)


class LeadRules(Rules, LeadImport):
    pass


class CompanyRules(Rules, CompanyImport):
    pass


class LeadSheet(Sheet, LeadResource):
    pass


class CompanySheet(Sheet, CompanyResource):
    pass


RULES = {"lead": LeadRules, "company": CompanyRules}
SHEETS = {"lead": LeadSheet, "company": CompanySheet}


def ann(
    may: Sequence[str] = ALL_RIGHTS, *, of: str = "lead", departments: Sequence[int] = (SALES, EXPORT)
) -> User:
    """The importer."""
    user = User(pk=ANN, name="Ann")
    vars(user).update(
        granted_permissions={KINDS[of].get_right(right) for right in may},
        member_of=[*departments],
        held_roles=[],
    )
    return user


def custom(name: str, type: str = "text", number: int = 1, **values: Any) -> CustomField:
    """The definition of a custom field. Its values are called "c1"."""
    return CustomField(pk=number, table_of="lead", name=name, type=type, **values)


@contextmanager
def defined(fields: Sequence[CustomField] = (), required: Sequence[str] = ()) -> Iterator[None]:
    """Within this block, leads have these custom fields, and these built-in fields are required."""
    known = {
        "custom fields": {"lead": [build_model_field(field) for field in fields]},
        "custom_fields_stamp": "on paper",
    }
    changed = {("lead", name): BuiltInField(table_of="lead", name=name, required=True) for name in required}
    with cache_reads(**known), patch.dict(built_in_fields._states, {"on paper": changed}):
        yield


def cleaned(
    sheet: Any, row: dict[str, str], *, targets: dict[str, str] | None = None, **imported: Any
) -> dict[str, CleanedCell]:
    """The cells of a row of the file, by field. `targets` are the links of its cells by their place."""
    told = Import(table=sheet.kind.name, mapping=list(row), **imported)
    read = SimpleNamespace(fixes={}, kinds="", cells=list(row.values()), targets=targets or {})
    return RowCleaner(sheet, told).clean_row(read)


def judge(
    may: Sequence[str] = ALL_RIGHTS,
    *,
    of: str = "lead",
    sees: Sequence[int] = (SALES, EXPORT),
    **options: Any,
) -> RowJudge:
    kind, user = KINDS[of], ann(may, of=of, departments=sees)
    return RowJudge(SHEETS[of](kind, user), RULES[of](kind, user), ImportOptions(**options_of(**options)))


def options_of(**options: Any) -> dict[str, Any]:
    """The options of an import with the defaults for new records."""
    return {**options, "defaults": DEFAULTS | options.get("defaults", {})}


def changed(
    row: dict[str, str],
    now: dict[str, Any] | None = None,
    *,
    of: str = "lead",
    edited: dict[str, Any] | None = None,
    choice: str = "update",
    takes: Sequence[str] = (),
    lines: Sequence[str] = (),
    may: Sequence[str] = ALL_RIGHTS,
    decisions: dict[str, Any] | None = None,
    sheets: Sequence[str] = (),
    **options: Any,
) -> RowJudgment:
    """What a row does to a record. `edited` are the values that others have replaced since the file was exported; None says
    that the file wasn't exported from here."""
    judging = judge(may, of=of, **options)
    blank = {name: "" for name in judging.resource.fields if name not in RECORDS[of]}
    return judging.judge_existing(
        cleaned(judging.resource, row, decisions=decisions or {}, sheets=[*sheets]),
        {**blank, **RECORDS[of], **(now or {})},
        list(lines),
        base=edited,
        choice=choice,
        takes=list(takes),
    )


def added(
    row: dict[str, str],
    *,
    of: str = "lead",
    lines: Sequence[str] = (),
    may: Sequence[str] = ALL_RIGHTS,
    targets: dict[str, str] | None = None,
    **options: Any,
) -> RowJudgment:
    """The record that a row adds."""
    judging = judge(may, of=of, **options)
    return judging.judge_new(cleaned(judging.resource, row, targets=targets), list(lines))
