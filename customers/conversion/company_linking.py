"""A program names the company that a lead becomes: the lead is converted into it, and its contact is found by the rules."""

from dataclasses import replace

from accounts.models import User
from crm.models import Operation
from crm.records.history.verb_execution import carry_out
from customers.conversion.conversion_plan import build_conversion_plans
from customers.conversion.conversion_verb import Convert
from customers.models import Company
from leads.models import Lead
from leads.statuses.company_conversion_hook import UNKNOWN


def convert_lead_into_company(lead: Lead, company: int, by: User) -> str:
    """For leads/statuses/company_conversion_hook.py. A company that the user doesn't see is unknown to them; an ambiguous contact is not guessed."""
    seen = Company.objects.present().visible_to(by).filter(pk=company)
    if not by.has_perm(Company.get_right("view")) or not seen.exists():
        return UNKNOWN
    plan = build_conversion_plans([lead], by, {lead.pk: company})[lead.pk]
    if plan.problem:
        return plan.problem
    # A deal of the lead may have another company; the program has decided.
    chosen = {lead.pk: replace(plan, company=company)}
    rows = Lead.objects.present().changeable_by(by)
    outcome = carry_out(Convert(chosen), rows, by=by, wanted=[lead.pk], channel=Operation.Channel.API)
    return next(iter(outcome.refused), "" if outcome.changed else "gone")
