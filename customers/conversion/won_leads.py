"""Leads that enter a won status are converted by the rules that are stored for it, whichever way they enter it."""

from accounts.models import User
from crm.models import Operation
from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import carry_out
from customers.conversion import conversion_verb
from customers.conversion.conversion_plan import build_conversion_plans, build_plans_for_queryset
from customers.models import ConversionRules
from leads.models import Lead


class AutomaticConversion:
    """For leads/statuses/won_leads.py. A user who may not add companies or contacts wins leads without a client, which someone else
    converts later."""

    def lock_settings(self) -> None:
        if ConversionRules.get_current().automatic:
            conversion_verb.lock_conversions()

    def refuse_unwinnable_leads(self, outcome: Outcome, by: User) -> None:
        """What is ambiguous isn't won until someone chooses."""
        if not outcome.changed or not self._can_convert(by):
            return
        refused: dict[str, list[int]] = {}
        leads = Lead.objects.filter(pk__any=outcome.changed).not_converted().not_won()
        for pk, plan in build_plans_for_queryset(leads, by).items():
            if plan.problem:
                refused.setdefault(plan.problem, []).append(pk)
        for problem, ids in refused.items():
            outcome.refuse(problem, ids)

    def get_winning_problems(self, leads: list[Lead], by: User) -> dict[int, str]:
        plans = build_conversion_plans(leads, by) if self._can_convert(by) else {}
        return {pk: plan.problem for pk, plan in plans.items() if plan.problem}

    def write_consequences(self, record: Operation, ids: list[int]) -> None:
        if record.by and self._can_convert(record.by):
            rows = Lead.objects.present().filter(pk__any=ids)
            carry_out(conversion_verb.Convert(), rows, by=record.by, joined=record)

    def _can_convert(self, by: User) -> bool:
        return ConversionRules.get_current().automatic and conversion_verb.may_convert(by)
