"""The jobs of a plan: finding the groups, merging them, and removing old plans."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Job, Operation
from crm.platform import jobs
from crm.platform.jobs import JobProblem, register_job_kind
from crm.platform.jobs.housekeeping import every_hour
from duplicates.exact.group_search import store_found_groups
from duplicates.exact.merge_rules import get_mergeable_tables
from duplicates.exact.merge_run import apply_merge_plan
from duplicates.models import MergePlan

FIND, MERGE = "find_exact_duplicates", "merge_exact_duplicates"
Progress = Callable[[int, int], None]


def _get_plan_url(arguments: dict) -> str:
    return reverse("duplicates:exact_plan", args=[arguments.get("plan", 0)])


@register_job_kind(
    FIND, lambda arguments: _lazy("Find exact duplicates"), page=_get_plan_url, quiet=True, long=True
)
def run_group_search_job(job: Job, progress: Progress) -> None:
    store_found_groups(_get_plan(job), progress)


@register_job_kind(MERGE, lambda arguments: _lazy("Merge exact duplicates"), page=_get_plan_url)
def run_merge_job(job: Job, progress: Progress) -> Operation | None:
    """If it runs twice, it finds the operation of the first run."""
    plan = _get_plan(job)
    return plan.operation or apply_merge_plan(plan, progress)


def _get_plan(job: Job) -> MergePlan:
    plan = (
        MergePlan.objects.of_user(job.user)
        .select_for_update(of=("self",))
        .filter(pk=job.arguments["plan"])
        .first()
    )
    if plan is None or plan.record_type not in get_mergeable_tables(job.user):
        raise JobProblem(
            _(
                "The preview has expired, or you no longer have permission to merge these records. Nothing was changed."
            )
        )
    # With the permissions that the job has read.
    plan.user = job.user
    return plan


def start_plan_job(kind: str, plan: MergePlan) -> None:
    jobs.start_job(kind, plan.user, {"plan": plan.pk}, total=len(plan.groups))


def get_running_job(plan: MergePlan) -> Job | None:
    rows = Job.objects.unfinished().of_kinds(FIND, MERGE)
    return rows.filter(user=plan.user, arguments__contains={"plan": plan.pk}).newest_first().first()


def get_unfinished_ended_job(plan: MergePlan) -> Job | None:
    """The last one that hasn't done its work: it was canceled or has failed."""
    rows = Job.objects.of_kind_and_user(MERGE if plan.found is not None else FIND, plan.user, plan=plan.pk)
    return rows.filter(state__in=[Job.State.CANCELLED, Job.State.FAILED]).newest_first().first()


@every_hour
def remove_old_plans() -> int:
    return MergePlan.objects.expired().delete()[0]
