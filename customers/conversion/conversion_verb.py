"""Convert: leads become companies and contacts, existing or new, and are won."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.fields.custom.unique.taken_values import KnownKeys
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Refusal, Verb
from crm.records.kinds.kind_registry import Kind
from customers.companies.kind import COMPANY
from customers.consent.lead_transfer import copy_consents_to_contacts
from customers.contacts.kind import CONTACT
from customers.conversion.conversion_plan import (
    NEW,
    ConversionPlan,
    build_plans_for_queryset,
    check_chosen_records,
)
from customers.conversion.custom_value_copy import get_copied_values, get_field_pairs
from customers.conversion.field_mapping import get_company_values, get_contact_values, get_leads_with_values
from customers.conversion.lead_deals import build_deal_values, link_deals
from customers.conversion.lead_tasks import move_tasks
from customers.conversion.new_companies import get_company_keys, get_first_domain, get_first_leads
from customers.deals.kind import DEAL
from customers.models import Contact, ConversionRules
from leads.models import Lead, Status
from leads.statuses import reference_tables, status_contract

UPDATE = """
    UPDATE leads_lead l SET client_id = v.company, client_contact_id = v.contact, status_id = v.status
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) v(id, company, contact, status)
    WHERE l.id = v.id"""
RIGHTS = ("customers.add_company", "customers.add_contact")


def may_convert(user: User) -> bool:
    return bool(user.has_perms((Lead.get_right("change"), *RIGHTS)))


def lock_conversions() -> None:
    """Conversions run one at a time, so that two leads of one new company don't add it twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('conversion'), 0)")


def get_won_statuses() -> dict[int, Status]:
    """The status that a converted lead enters, by pipeline: its first won one in use."""
    found: dict[int, Status] = {}
    for status in reference_tables.get_statuses().values():
        if status.kind == Status.Kind.WON and not status.retired and not status.pipeline.retired:
            found.setdefault(status.pipeline_id, status)
    return found


@dataclass
class ConversionRun:
    """What one conversion has decided and made so far."""

    by: User | None = None
    # False as long as it is only previewed.
    writes: bool = False
    rules: ConversionRules = field(default_factory=ConversionRules.get_current)
    plans: dict[int, ConversionPlan] = field(default_factory=dict)
    # New companies by domain or folded name: the leads of one company share it.
    shared: dict[str, int] = field(default_factory=dict)
    # What the values of unique fields of new records are compared by, by field.
    unique: set[tuple[str, str]] = field(default_factory=set)
    # The ids of new records by table.
    added: dict[str, list[int]] = field(default_factory=lambda: {"company": [], "contact": [], "deal": []})

    def begin(self, by: User, plans: dict[int, ConversionPlan]) -> None:
        """A verb that is tried again after a deadlock starts from nothing."""
        self.by, self.plans = by, plans
        self.shared.clear()
        self.unique.clear()
        for ids in self.added.values():
            ids.clear()


@dataclass(frozen=True)
class Convert(Verb):
    """`chosen` are the plans of leads for which a user has decided; all others follow the rules of conversion_plan.py."""

    kind = "convert"
    title = _lazy("Convert")
    icon = "company"
    # The leads of one new company share it. Planning so many takes a few seconds.
    judges_together = 5_000

    chosen: Mapping[int, ConversionPlan] = field(default_factory=dict)
    run: ConversionRun = field(default_factory=ConversionRun, compare=False, repr=False)

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Convert")

    def is_beyond(self, by):
        return not may_convert(by)

    def lock_settings(self):
        status_contract.lock_pipelines(get_won_statuses())

    def lock_after_rows(self):
        lock_conversions()
        self.run.writes = True

    def get_refusals(self):
        """What the won status of their pipeline requires of leads that aren't won yet."""
        known = reference_tables.get_statuses().values()
        won = Q(status__in=[row.pk for row in known if row.kind == Status.Kind.WON])
        targets = get_won_statuses()
        found = [Refusal("no_won_status", ~won & ~Q(status__pipeline__in=list(targets)))]
        for pipeline, status in targets.items():
            own = Q(status__in=[row.pk for row in known if row.pipeline_id == pipeline])
            found += [
                Refusal(refusal.code, own & ~won & refusal.when)
                for refusal in status_contract.get_refusals(status)
                if refusal.code != "other_pipeline"
            ]
        return found

    def refuse_conflicting_rows(self, outcome, by):
        open_ones = [pk for pk in outcome.changed if pk not in self.chosen]
        plans = {
            **build_plans_for_queryset(Lead.objects.filter(pk__any=open_ones), by),
            **{pk: self.chosen[pk] for pk in outcome.changed if pk in self.chosen},
        }
        plans = check_chosen_records(plans, by, lock=self.run.writes)
        for problem in dict.fromkeys(plan.problem for plan in plans.values() if plan.problem):
            outcome.refuse(problem, [pk for pk, plan in plans.items() if plan.problem == problem])
        self.run.begin(by, plans)

    def get_values(self):
        return {}

    def write(self, rows):
        leads = get_leads_with_values(rows, self.run.rules.mapping)
        companies = self._get_or_add_companies(leads)
        contacts = self._get_or_add_contacts(leads, companies)
        statuses = {row.pk: row for row in reference_tables.get_statuses().values()}
        targets = get_won_statuses()
        with connection.cursor() as cursor:
            cursor.execute(
                UPDATE,
                [
                    [lead.pk for lead in leads],
                    [companies[lead.pk] for lead in leads],
                    [contacts[lead.pk] for lead in leads],
                    [get_status_after(statuses[lead.status_id], targets) for lead in leads],
                ],
            )

        copy_consents_to_contacts(contacts)
        link_deals([lead.pk for lead in leads])
        names_of_deals = {lead.pk: self.run.plans[lead.pk].deal_name for lead in leads}
        links = {lead.pk: (companies[lead.pk], contacts[lead.pk]) for lead in leads}
        self._add_records(DEAL, build_deal_values(leads, names_of_deals, links))
        move_tasks(links)

    def _get_or_add_companies(self, leads: list[Lead]) -> dict[int, int | None]:
        """The company of each lead: chosen, new, or none. The leads of one new company share it."""
        run = self.run
        keys = get_company_keys(leads, run.plans)
        new = get_first_leads(leads, keys, run.shared)
        first_ones = list({lead.pk: lead for lead in new.values()}.values())
        rows = [
            get_company_values(
                lead, get_first_domain(lead), run.plans[lead.pk].company_name or lead.company, custom
            )
            for lead, custom in self._get_custom_values("company", first_ones)
        ]
        made = dict(zip([lead.pk for lead in first_ones], self._add_records(COMPANY, rows), strict=True))
        run.shared |= {key: made[lead.pk] for key, lead in new.items()}
        found: dict[int, int | None] = {}
        for lead in leads:
            chosen = run.plans[lead.pk].company
            shared = next((run.shared[key] for key in keys[lead.pk] if key in run.shared), None)
            found[lead.pk] = shared if chosen == NEW else chosen if isinstance(chosen, int) else None
        return found

    def _get_or_add_contacts(
        self, leads: list[Lead], companies: dict[int, int | None]
    ) -> dict[int, int | None]:
        plans = self.run.plans
        new = [lead for lead in leads if plans[lead.pk].contact == NEW]
        rows = [
            get_contact_values(lead, companies[lead.pk], custom)
            for lead, custom in self._get_custom_values("contact", new)
        ]
        made = dict(zip([lead.pk for lead in new], self._add_records(CONTACT, rows), strict=True))
        chosen = {pk: plan.contact for pk, plan in plans.items() if isinstance(plan.contact, int)}
        # A known contact without a company now has one.
        employed = [(contact, companies[pk]) for pk, contact in chosen.items() if companies.get(pk)]
        for contact, company in employed:
            Contact.objects.filter(pk=contact, company=None).update(company=company)
        return {lead.pk: made.get(lead.pk, chosen.get(lead.pk)) for lead in leads}

    def _get_custom_values(self, table: str, leads: list[Lead]) -> list[tuple[Lead, dict[str, Any]]]:
        """The leads with the values of custom fields of their new records. A unique value stays with the first one."""
        run, pairs = self.run, get_field_pairs(table, self.run.rules.mapping)
        given = [(lead, get_copied_values(lead, pairs, run.plans[lead.pk].values)) for lead in leads]
        unique = [target.name for _source, target in pairs if target.definition.is_unique]
        known = KnownKeys.from_values(
            table, {name: [values.get(name) for _lead, values in given] for name in unique}
        )
        found = []
        for lead, values in given:
            keys = {name: (name, known.get_key(name, values[name])) for name in unique if name in values}
            again = {
                name for name, key in keys.items() if known.is_taken(name, values[name]) or key in run.unique
            }
            run.unique |= {*keys.values()}
            found.append((lead, {name: value for name, value in values.items() if name not in again}))
        return found

    def _add_records(self, kind: Kind, rows: list[dict[str, Any]]) -> list[int]:
        made = [row.pk for row in kind.add(kind.model, rows).write_records(self.run.by)] if rows else []
        self.run.added[kind.name] += made
        return made

    def write_consequences(self, record, changed):
        for table, ids in self.run.added.items():
            write_verdicts(record, Outcome(table, changed=sorted(ids)))


def get_status_after(status: Status, targets: dict[int, Status]) -> int:
    return status.pk if status.kind == Status.Kind.WON else targets[status.pipeline_id].pk
