"""Assign by rules: each lead to the user whom the first rule for it names, in one run for the whole set."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.history.verb_execution import Refusal, Verb
from leads.assignment.assignment_plan import AssignmentPlan, build_plan_for_way
from leads.assignment.plan_writing import write_owners, write_run_log
from leads.models import AssignmentRule, Lead


@dataclass(frozen=True)
class AssignByRules(Verb):
    """`owned` says that leads with an owner get another one too. `made` has the plan once the leads are judged."""

    kind = "assign_by_rules"
    title = _lazy("Assign by rules")
    icon = "person"
    action = "assign"
    # Whose turn it is follows from the leads before.
    judges_together = 200_000

    owned: bool = False
    made: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def get_parameters(self):
        return {"owned": self.owned}

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Assign by rules")

    @property
    def plan(self) -> AssignmentPlan:
        return self.made["plan"]

    def get_refusals(self):
        return [] if self.owned else [Refusal("taken", ~Q(owner=None))]

    def lock_after_rows(self):
        self.made["held"] = True

    def refuse_conflicting_rows(self, outcome, by):
        plan = build_plan_for_way(
            outcome.changed, AssignmentRule.Way.MANUAL, held=self.made.get("held", False)
        )
        outcome.refuse("no_rule", plan.no_rule)
        outcome.refuse("no_one_available", plan.no_one)
        if self.owned:
            self._mark_unchanged_owners(outcome, plan)
        self.made["plan"] = plan

    def _mark_unchanged_owners(self, outcome, plan: AssignmentPlan) -> None:
        """Leads that their rule gives to the owner whom they have stay as they are."""
        owners = dict(Lead.objects.filter(pk__any=outcome.changed).values_list("pk", "owner"))
        same = {one.lead for one in plan.given if owners.get(one.lead) == one.owner}
        outcome.changed = [pk for pk in outcome.changed if pk not in same]
        outcome.unchanged = sorted([*outcome.unchanged, *same])
        plan.keep_only(outcome.changed)

    def get_parts(self):
        """How many leads go to whom, by rule."""
        rules = AssignmentRule.objects.in_bulk({rule for rule, _user in self.plan.counts})
        names = get_labels_by_id(User)
        found: dict[int, list[tuple[str, int]]] = {}
        for (rule, user), number in self.plan.counts.items():
            found.setdefault(rule, []).append((names[user], number))
        ordered = sorted(found, key=lambda pk: rules[pk].position)
        return [(rules[pk].label, sorted(found[pk])) for pk in ordered]

    def get_values(self):
        """For what the preview asks of them: the department that each lead moves to."""
        shares: dict[tuple[int, int], list[int]] = {}
        for one in self.plan.given:
            shares.setdefault((one.owner, one.home), []).append(one.lead)
        if not shares:
            return {}
        users = User.objects.in_bulk({owner for owner, _home in shares})
        stays = {
            pk: When(department__in=user.department_ids, then=F("department_id"))
            for pk, user in users.items()
        }
        moves = [
            When(pk__any=leads, then=Case(stays[owner], default=Value(home)))
            for (owner, home), leads in shares.items()
        ]
        return {"department": Case(*moves, default=F("department_id"))}

    def write(self, rows):
        ids = set(rows.values_list("pk", flat=True))
        write_owners([one for one in self.plan.given if one.lead in ids])

    def write_consequences(self, record, changed):
        if changed:
            write_run_log(self.plan, record)
