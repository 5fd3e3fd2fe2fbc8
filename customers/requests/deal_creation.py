"""Make a deal of a request: with its company and contact if they are known well enough, otherwise with a lead."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.platform.configuration.company import get_company_currency
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Refusal, Verb
from customers.companies.kind import COMPANY
from customers.contacts.kind import CONTACT
from customers.conversion.conversion_plan import ConversionPlan, build_conversion_plans
from customers.conversion.conversion_verb import lock_conversions
from customers.deals.forms import DEALS
from customers.deals.kind import DEAL
from customers.models import Request
from customers.record_matching import get_lead_facts
from customers.requests.deal_requirements import is_sufficient_for_deal
from customers.requests.lead_creation import build_add_verb
from leads.forms import get_first_status
from leads.models import Lead


def needs_lead(row: Request, user: User) -> bool:
    """Whether a lead is created with the deal, because company and person aren't known well enough, or the user may not add
    what is missing."""
    if row.lead_id:
        return False
    adds = [
        kind.get_right("add")
        for kind, linked in ((COMPANY.model, row.company_id), (CONTACT.model, row.contact_id))
        if not linked
    ]
    return not (is_sufficient_for_deal(row) and user.has_perms(adds))


def build_sender_lead(row: Any) -> Lead:
    """The sender as a lead that isn't saved: what conversion recognizes it by."""
    return Lead(
        first_name=row.first_name,
        last_name=row.last_name,
        company=row.company_name,
        email=row.email,
        phone=row.phone,
        phone_normal=row.phone_normal,
        website=row.website,
        country=row.country,
        owner_id=row.owner_id,
        department_id=row.department_id,
        shared=row.shared,
        tags=row.tags,
    )


@dataclass(frozen=True)
class MakeDeal(Verb):
    """For one request; `lead` are the cleaned values of a lead to create, or None."""

    kind = "make_deal"
    title = _lazy("Make a deal")
    icon = "deal"

    row: Request
    lead: dict[str, Any] | None
    added: dict[str, list[int]] = field(default_factory=dict, compare=False, repr=False)
    plan: list[ConversionPlan] = field(default_factory=list, compare=False, repr=False)
    people: list[Any] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Make a deal")

    def is_beyond(self, by):
        return not by.has_perm(DEAL.get_right("add")) or (
            self.lead is not None and not by.has_perm(Lead.get_right("add"))
        )

    def lock_settings(self):
        if self.lead is not None:
            build_add_verb(self.row, self.lead).lock_settings()

    def lock_after_rows(self):
        lock_conversions()

    def get_refusals(self):
        found = [Refusal("has_deal", Q(deal__isnull=False))]
        if get_first_status(self.row.department, DEALS) is None:
            found.append(Refusal("no_stage", ~Q(pk=None)))
        return found

    def refuse_conflicting_rows(self, outcome, by):
        """A known company or contact is never added a second time."""
        self.people[:], self.plan[:] = [by], []
        self.added.clear()
        if self.lead is None and not self.row.lead_id and outcome.changed:
            (plan,) = build_conversion_plans([build_sender_lead(self.row)], by).values()
            self.plan.append(plan)
            if plan.problem and not (self.row.company_id and self.row.contact_id):
                outcome.refuse("several_known", outcome.changed)

    def get_values(self):
        return {"state": Request.State.DONE}

    def get_known_id(self, name: str) -> int | None:
        """The "company" or "contact" of the deal if it exists already: the linked one, or else the one that matches. Once the
        request was judged."""
        matching = getattr(self.plan[0], name) if self.plan else None
        return getattr(self.row, f"{name}_id") or (matching if isinstance(matching, int) else None)

    def get_added_kinds(self) -> list[str]:
        """The record types of which it adds one, once the request was judged."""
        unknown = ["company", "contact"] if self.plan else []
        first = ["lead"] if self.lead is not None else []
        return [*first, *(name for name in unknown if self.get_known_id(name) is None), "deal"]

    def write(self, rows):
        row, (by,) = self.row, self.people
        lead = row.lead_id
        if self.lead is not None:
            (made,) = build_add_verb(self.row, self.lead).write_records(by)
            lead = made.pk
            self.added["lead"] = [lead]
        company, contact = self.get_known_id("company"), self.get_known_id("contact")
        if self.plan:
            company = company or self._add_company(by)
            contact = contact or self._add_contact(company, by)
        deal = self._add_record(DEAL, self._build_deal_values(lead, company, contact), by)
        rows.update(lead_id=lead, company_id=company, contact_id=contact, deal_id=deal, **self.get_values())

    def _add_company(self, by: User) -> int:
        row = self.row
        domain = next(iter(get_lead_facts(build_sender_lead(row)).domains), "")
        values = {"name": row.company_name, "domain": domain, "website": row.website}
        return self._add_record(COMPANY, values | self._get_shared_values(), by)

    def _add_contact(self, company: int, by: User) -> int:
        row = self.row
        names = {"first_name": row.first_name, "last_name": row.last_name, "email": row.email}
        return self._add_record(CONTACT, names | {"company_id": company} | self._get_shared_values(), by)

    def _get_shared_values(self) -> dict[str, Any]:
        names = ("phone", "phone_normal", "country", "owner_id", "department_id", "shared", "tags")
        return {name: getattr(self.row, name) for name in names}

    def _build_deal_values(
        self, lead: int | None, company: int | None, contact: int | None
    ) -> dict[str, Any]:
        row = self.row
        return {
            "name": row.subject,
            "description": row.text,
            "lead_id": lead,
            "company_id": company,
            "contact_id": contact,
            "currency": get_company_currency(),
            "status": get_first_status(row.department, DEALS),
            "owner_id": row.owner_id,
            "department_id": row.department_id,
            "shared": row.shared,
            "tags": row.tags,
        }

    def _add_record(self, kind: Any, values: dict[str, Any], by: User) -> int:
        (made,) = kind.add(kind.model, [values]).write_records(by)
        self.added[kind.name] = [made.pk]
        return made.pk

    def write_consequences(self, record, changed):
        for table, ids in self.added.items():
            write_verdicts(record, Outcome(table, changed=ids))
        if self.lead is not None:
            build_add_verb(self.row, self.lead).write_consequences(record, self.added["lead"])
