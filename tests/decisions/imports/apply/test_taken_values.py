"""Which planned rows are skipped because another record has got their unique value since the plan was made."""

from typing import NamedTuple

import pytest

from crm.models import Operation, PlannedRow
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.apply.application_state import Application
from crm.transfer.imports.apply.record_steps import skip_taken_rows
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from leads.models import Lead

pytestmark = pytest.mark.django_db


class Planned(NamedTuple):
    """A row that adds a lead or changes Ana, and its code, None without one; Ana has the code 1 by now, Bea the code 2."""

    action: str
    code: str | None
    skipped: bool


ROWS = {
    "a new lead with a code that no one has": Planned("add", "3", False),
    "a new lead with a code that Bea has": Planned("add", "2", True),
    "a new lead with the code in other capitals": Planned("add", "B", True),
    "a new lead without a code": Planned("add", None, False),
    "Ana with a code that no one has": Planned("change", "3", False),
    "Ana with her own code": Planned("change", "1", False),
    "Ana with the code that Bea has": Planned("change", "2", True),
    "a row that is skipped already": Planned("", "2", False),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_which_row_is_skipped(row, read, ann, make_lead, make_field):
    kind, field = KINDS["lead"], make_field("Code", is_unique=True)
    ana, bea, cris = (make_lead(name) for name in ("Ana Pop", "Bea Pop", "Cris Pop"))
    for lead, code in ((ana, "1"), (bea, "2"), (cris, "b")):
        carry_out(kind.edit({field.name: code}), Lead.objects.filter(pk=lead.pk), by=ann)
    imported = read(ann, ["last_name"], [["Pop"]])
    values = {"last_name": "Pop"} | ({field.name: row.code} if row.code else {})
    record = ana.pk if row.action == "change" else None
    planned = PlannedRow.objects.create(
        of=imported, row=2, action=row.action, record=record, values=values, old={}
    )
    application = Application(imported, get_rules_class(kind)(kind, ann), Operation(), lambda done: None)
    skip_taken_rows(application)
    planned.refresh_from_db()
    assert planned.action == ("" if row.skipped else row.action)
    assert application.refused["value_taken"] == row.skipped
    assert bool(planned.errors) == row.skipped
