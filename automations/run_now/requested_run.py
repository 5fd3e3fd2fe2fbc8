"""Carrying out a run that someone asked for: one operation of that user with the permissions of the automation's owner."""

import time
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from automations.definition.trigger_types import AUTOMATION, DEPTH
from automations.models import Automation
from automations.run_now.matching_records import get_owner, get_run_obstacle
from automations.run_now.run_preview import find_ids_to_run
from automations.running.automation_execution import Result, build_whole_outcome
from automations.running.run_log import RunLog
from automations.running.step_plan import build_step_verbs, carry_out_steps, find_wait, judge_records
from automations.running.waiting_steps import write_waits
from automations.running.waking import build_waking
from automations.verbs import RunAutomation
from crm.models import FrozenSet, Job, Operation
from crm.platform.jobs import JobProblem, register_job_kind, start_job
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.history.operation_results import write_operation_result
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS

JOB = "automation_run_now"
# The reason code of records that met the conditions when the set was found, but don't any more.
UNMET = "conditions_unmet"
Progress = Callable[[int, int], None]


def may_run(automation: Automation, user: Any) -> bool:
    """Whether the user has the permissions, beyond that to change this automation: to change many records at once."""
    return user.has_perm(Automation.get_right("change")) and user.has_perm(
        KINDS[automation.table_of].get_right("bulk")
    )


def needs_job(automation: Automation, frozen: FrozenSet) -> bool:
    """Each step takes as long as a bulk change of the set."""
    return frozen.count * max(len(automation.steps), 1) > ROWS_AT_ONCE


def start_run_job(
    automation: Automation, frozen: FrozenSet, user: Any, *, skips_acted: bool, note: str
) -> Job:
    """Queue the run, or return the user's job that already does it."""
    running = Job.objects.unfinished().of_kind_and_user(JOB, user, set=frozen.pk).first()
    values = {"automation": automation.pk, "set": frozen.pk, "skips_acted": skips_acted, "note": note}
    return running or start_job(JOB, user, values, total=frozen.count)


def run_for_set(
    automation: Automation,
    frozen: FrozenSet,
    user: Any,
    *,
    skips_acted: bool,
    note: str = "",
    progress: Progress | None = None,
) -> Operation:
    """Do the steps to the records of the set, which is locked, and log it. The limit of an hour is for what no one has previewed.

    The operation is kept even if it changes nothing, so that its page says why. Raises NotReady.
    """
    begun, owner = time.monotonic(), get_owner(automation)
    verbs = build_step_verbs(automation, owner)
    ids = find_ids_to_run(automation, frozen, user, skips_acted=skips_acted)
    judged = judge_records(automation, ids, owner)
    with operation(
        RunAutomation.kind,
        table=automation.table_of,
        by=user,
        channel=Operation.Channel.AUTOMATION,
        parameters={AUTOMATION: automation.pk, DEPTH: 1},
        matched=len(ids),
        note=note,
    ) as record:
        outcomes = carry_out_steps(automation, verbs, judged.met, owner, record, progress)
        whole = build_whole_outcome(automation.table_of, outcomes)
        if unmet := sorted([*judged.unmet, *judged.unseen, *judged.trashed, *judged.merged]):
            whole.refused[UNMET] = unmet
        write_operation_result(record, [whole], begun)
    # What woke it is the operation itself: nothing but the user's click did.
    log = RunLog(automation, record)
    log.add_unmet(judged.unmet, owner)
    log.add_missing(judged)
    if wait := find_wait(verbs):
        number, verb = wait
        write_waits(automation, build_waking(record), verb, number + 1, judged.met, record.pk)
        if not number:
            log.add(Result.WAITING, judged.met)
    log.add_outcomes(build_whole_outcome(automation.table_of, outcomes), outcomes, record.pk)
    log.write()
    FrozenSet.objects.filter(pk=frozen.pk).update(operation=record)
    return record


def _describe_run_job(arguments: dict) -> str:
    name = get_labels_by_id(Automation).get(arguments.get("automation", 0), _("(deleted)"))
    return _("Automation “%(name)s”") % {"name": name}


@register_job_kind(JOB, _describe_run_job)
def run_requested_job(job: Job, progress: Progress) -> Operation:
    """If it runs twice, it finds the first run's operation."""
    own = FrozenSet.objects.select_for_update().defer("ids")
    frozen = own.filter(pk=job.arguments["set"], user=job.user).first()
    if frozen and frozen.operation:
        return frozen.operation
    rows = Automation.objects.active().changeable_by(job.user)
    automation = rows.filter(pk=job.arguments["automation"]).first()
    if frozen is None or automation is None or not may_run(automation, job.user):
        raise JobProblem(
            _("The automation or the selection is gone, or you lack the permission. Nothing was changed.")
        )
    if problem := get_run_obstacle(automation, job.user):
        raise JobProblem(problem)
    values = {"skips_acted": job.arguments["skips_acted"], "note": job.arguments["note"]}
    return run_for_set(automation, frozen, job.user, progress=progress, **values)
