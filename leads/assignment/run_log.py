"""The run log: each operation in which rules assigned leads, how many each rule gave to whom, and undoing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import Job, Operation
from crm.platform.jobs import JobProblem, register_job_kind
from crm.records.history.multi_part_changes import get_too_large_sentence
from crm.records.history.undo.undo_permission import get_undone_ids
from crm.records.history.verb_execution import Outcome, carry_out, judge
from crm.records.history.visible_operations import describe_operation, visible_operations_queryset
from leads.assignment.rule_preview import count_by_rule_and_user
from leads.models import AssignmentRule, AssignmentRun, Lead, RuleAssignment
from leads.verbs import UndoAssignment


@dataclass(frozen=True)
class RunLine:
    """A run in words. `no_rule` are the leads that no rule was for."""

    run: AssignmentRun
    words: str
    parts: list[tuple[str, list[tuple[str, int]]]]
    undone: bool
    may_undo: bool
    # Why so large a run isn't undone, or ''.
    too_large: str

    @property
    def no_rule(self) -> int:
        return self.run.leads - self.run.assigned - self.run.no_one


def visible_runs_queryset(user: User) -> Any:
    """Those of operations that the user sees: all, or their own and those of their colleagues."""
    return AssignmentRun.objects.within(visible_operations_queryset(user)).with_operations()


def build_run_lines(runs: Sequence[AssignmentRun], user: User) -> list[RunLine]:
    rules = list(AssignmentRule.objects.in_order())
    undone = get_undone_ids([run.operation for run in runs]) | _get_runs_undone_alone(runs)
    assigns = user.has_perm(Lead.get_right("assign"))
    found = []
    for run in runs:
        words, parts = (
            describe_operation(run.operation, user),
            count_by_rule_and_user(run.counts, rules, user),
        )
        done, too_large = run.operation_id in undone, get_too_large_sentence(run.assigned)
        may = assigns and run.assigned > 0 and not (done or too_large or run.operation.expired)
        found.append(RunLine(run, words, parts, done, may, too_large))
    return found


def _get_runs_undone_alone(runs: Sequence[AssignmentRun]) -> set[int]:
    """The operations of runs that were undone alone, unless that was undone in turn."""
    by = {run.undone_by: run.operation_id for run in runs if run.undone_by}
    still = get_undone_ids([Operation(pk=pk) for pk in by])
    return {operation for pk, operation in by.items() if pk not in still}


def build_run_undo(run: AssignmentRun, user: User) -> tuple[UndoAssignment, Any, list[int]]:
    """The verb, the rows that the user may change, and the leads."""
    leads = RuleAssignment.objects.filter(operation=run.operation_id).values_list("lead", flat=True)
    return UndoAssignment(run.operation_id), Lead.objects.present().changeable_by(user), list(leads)


def preview_run_undo(run: AssignmentRun, user: User) -> Outcome:
    verb, rows, leads = build_run_undo(run, user)
    return judge(verb, rows, by=user, wanted=leads)


def undo_run(run: AssignmentRun, user: User, progress: Any = None) -> Operation:
    verb, rows, leads = build_run_undo(run, user)
    outcome = carry_out(verb, rows, by=user, wanted=leads, channel=Operation.Channel.BULK, progress=progress)
    return outcome.operation


@register_job_kind("undo_assignment", lambda arguments: _("Undo assignment by rules"))
def run_assignment_undo_job(job: Job, progress: Any) -> Operation:
    """If it runs twice, the second one finds that the leads have their previous owners."""
    run = visible_runs_queryset(job.user).filter(pk=job.arguments["run"]).first()
    if run is None or not job.user.has_perm(Lead.get_right("assign")):
        raise JobProblem(_("This change no longer exists."))
    return undo_run(run, job.user, progress)
