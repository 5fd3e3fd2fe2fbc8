"""Background work of changing types: checking many values, and changing them."""

from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.values.type_conversion import WantedType
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField, Job, Operation
from crm.platform import jobs
from crm.records.custom_fields.retype.type_change import (
    Progress,
    RetypeRefused,
    build_conversion,
    change_field_type,
    check_conversion,
)

# From this many values on, checking or changing them takes seconds and runs as a job.
LARGE = 5_000


def start_check(row: CustomField, form: Any, total: int) -> Job:
    return _start_or_find_job("check_field_type", row, form, total)


def start_retype(row: CustomField, form: Any, total: int, *, channel: str = Operation.Channel.WEB) -> Job:
    return _start_or_find_job("retype_custom_field", row, form, total, channel=channel)


def _start_or_find_job(kind: str, row: CustomField, form: Any, total: int, **more: str) -> Job:
    """`form` is the valid form of the page. Two clicks start one job; `more` are arguments by which jobs don't differ."""
    told = {
        "field": row.pk,
        "version": row.version,
        "wanted": form.build_wanted_type().as_json(),
        "form": form.get_answers(),
    }
    running = Job.objects.unfinished().of_kind_and_user(kind, form.user, **told).first()
    return running or jobs.start_job(kind, form.user, told | more, total=total)


def get_finished_check(pk: int | None, row: CustomField, user) -> Job | None:
    """The user's finished check of this field in its present state."""
    checked = Job.objects.of_kind_and_user("check_field_type", user, field=row.pk, version=row.version)
    job = checked.filter(pk=pk, state=Job.State.FINISHED).first() if pk else None
    return job if job and "findings" in job.arguments else None


def _get_field_or_problem(job: Job) -> CustomField:
    """The field as its page showed it. Raises Problem if it isn't any more, or without the permission."""
    if not job.user.has_perm(CustomField.get_right("change")):
        raise jobs.JobProblem(
            _("You no longer have permission to change custom fields. Nothing was changed.")
        )
    row = CustomField.objects.filter(pk=job.arguments["field"], deleted=False).first()
    if row is None or row.version != job.arguments["version"]:
        raise jobs.JobProblem(
            _("The field was changed in the meantime. Nothing was changed. Check the values again.")
        )
    return row


def _get_sentence_values(arguments: dict) -> dict[str, str]:
    row = CustomField.objects.filter(pk=arguments.get("field", 0)).first()
    return {"name": row.label if row else ""}


def _describe_check(arguments: dict) -> str:
    return _("Check the values of %(name)s") % _get_sentence_values(arguments)


def _describe_retype(arguments: dict) -> str:
    return _("Change the type of custom field %(name)s") % _get_sentence_values(arguments)


def _get_job_url(arguments: dict) -> str:
    row = CustomField.objects.filter(pk=arguments.get("field", 0)).first()
    if row is None or "job" not in arguments:
        return "/admin/jobs"
    return f"{SCHEMAS[row.table_of].get_url('field_type', row.pk)}?checked={arguments['job']}"


@jobs.register_job_kind("check_field_type", _describe_check, page=_get_job_url)
def check_values(job: Job, progress: Progress) -> None:
    """The findings are kept with the job, and the page of the field shows them."""
    row = _get_field_or_problem(job)
    findings = check_conversion(
        build_conversion(row, WantedType.from_arguments(job.arguments["wanted"]), job.user), progress
    )
    Job.objects.filter(pk=job.pk).update(
        arguments={**job.arguments, "job": job.pk, "findings": findings.as_json()}
    )
    job.arguments["job"] = job.pk


@jobs.register_job_kind("retype_custom_field", _describe_retype)
def run_retype_job(job: Job, progress: Progress) -> Operation | None:
    """If it runs twice, the field has another version the second time."""
    try:
        return change_field_type(
            _get_field_or_problem(job),
            WantedType.from_arguments(job.arguments["wanted"]),
            by=job.user,
            channel=job.arguments.get("channel", Operation.Channel.WEB),
            progress=progress,
        )
    except RetypeRefused as refused:
        raise jobs.JobProblem(str(refused)) from None
