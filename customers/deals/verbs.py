"""The verbs of deals: those of leads that follow the contract of a stage, with the fields of deals; and adding one, which
creates a lead until company and contact are known."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from crm.records.history.operation_results import Outcome, write_verdicts
from customers.models import Deal
from leads import verbs
from leads.forms import get_initial_values
from leads.models import Lead
from leads.statuses import status_contract

Move = partial(verbs.Move, moved=Deal)
ChangePipeline = partial(verbs.ChangePipeline, moved=Deal)


class Edit(verbs.Edit):
    edited: ClassVar[Any] = Deal


@dataclass(frozen=True)
class Add(verbs.Add):
    """A deal without both company and contact is linked to a new lead, which later becomes what is missing (customers/conversion).
    Users who may not add leads, and departments whose leads need more, have deals without one."""

    leads: list[int] = field(default_factory=list, compare=False, repr=False)

    def write_records(self, by):
        rows = [(place, build_lead_details(row)) for place, row in enumerate(self.rows) if needs_lead(row)]
        rows = [
            (place, values)
            for place, values in rows
            if not status_contract.get_missing_fields(values["status"], values)
        ]
        if rows and by.has_perm(Lead.get_right("add")):
            leads = verbs.Add(Lead, [values for _place, values in rows]).write_records(by)
            for (place, _values), lead in zip(rows, leads, strict=True):
                self.rows[place]["lead"] = lead
            self.leads.extend(lead.pk for lead in leads)
        return super().write_records(by)

    def write_consequences(self, record, changed):
        super().write_consequences(record, changed)
        if self.leads:
            write_verdicts(record, Outcome(Lead.table, changed=self.leads))


def needs_lead(row: dict[str, Any]) -> bool:
    known = {name for name in ("company", "contact", "lead") if row.get(name) or row.get(f"{name}_id")}
    return "lead" not in known and known != {"company", "contact"}


def build_lead_details(row: dict[str, Any]) -> dict[str, Any]:
    """What is known of the lead: the company or the contact of the deal, or at least its name."""
    company, contact = row.get("company"), row.get("contact")
    names = ("first_name", "last_name", "email", "phone", "phone_normal", "mobile", "mobile_normal")
    person = {name: getattr(contact, name) for name in names} if contact else {}
    same = ("owner", "department", "shared", "tags", "value", "currency", "description")
    values = {name: row[name] for name in same if name in row}
    named = company.name if company else "" if contact else row["name"]
    return get_initial_values(row["department"]) | values | person | {"company": named}
