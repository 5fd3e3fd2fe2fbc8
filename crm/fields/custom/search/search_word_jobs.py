"""The job that writes the search words of custom values when a field begins or ends to be found by search.

It compares what each definition asks for with what the words contain, so it can be killed at any time and started again.
Records are written in small parts, each in its own transaction, while people work.
"""

import time
from typing import Any

from django.db import connections, transaction
from django.utils.translation import gettext as _

from crm.fields.custom.search.search_triggers import CHANGING
from crm.fields.custom.search.searchable_fields import get_final_search_state, is_searched
from crm.fields.custom.values.stored_values import get_values_model
from crm.fields.percentages import get_percent
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField, Job, Operation
from crm.platform import jobs
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.jobs.job_runner import InOtherHands
from crm.templatetags.look import number

NAME = "search_custom_fields"
# Records per transaction: those who change one of them wait for less than a second.
PART = 1_000
# How long the job waits for those who write values, in seconds, before it is put back.
PATIENCE, PAUSE = 3, 0.1


def get_fields_to_rewrite(table: str) -> list[CustomField]:
    """The fields whose values aren't among the search words as they should be."""
    rows = CustomField.objects.filter(table_of=table).order_by("pk")
    return [row for row in rows if row.searched_as != get_final_search_state(row)]


def start_search_word_job(table: str, by: Any) -> Job | None:
    """Start the job that writes the search words of a record type, unless there is nothing to do."""
    waiting = Job.objects.filter(kind=NAME, arguments__table=table, state=Job.State.WAITING)
    if not get_fields_to_rewrite(table) or waiting.exists():
        return None
    return jobs.start_job(NAME, by, {"table": table})


def describe_search_progress(definition: CustomField) -> str:
    """How far the search words of a field are, in words; '' if there is nothing to say."""
    if definition.searched_as == get_final_search_state(definition):
        return _("Ready. Search finds its values.") if is_searched(definition) else ""
    job = Job.objects.filter(kind=NAME, arguments__table=definition.table_of).order_by("pk").last()
    if job and job.unfinished:
        share = number(get_percent(job.done, job.total))
        return _("Search is being prepared, %(share)s%% done.") % {"share": share}
    return _("Search isn’t ready. Save the field to prepare it again.")


def _describe_job(arguments: dict) -> str:
    kind = SCHEMAS.get(arguments.get("table", ""))
    return _("Prepare the search in custom fields of %(records)s") % {
        "records": kind.words.many if kind else ""
    }


def _get_job_url(arguments: dict) -> str:
    return SCHEMAS[arguments["table"]].get_url("fields")


@jobs.register_job_kind(NAME, _describe_job, page=_get_job_url, long=True)
def run_search_word_job(job: Job, progress) -> Operation | None:
    """A field that is changed meanwhile is written again."""
    table = job.arguments["table"]
    _lock_record_type(table)
    while rows := get_fields_to_rewrite(table):
        _mark_fields({row.pk: CHANGING for row in rows})
        _wait_for_writers()
        _write_search_words(table, [row.key for row in rows], progress)
        _mark_fields_written(rows)
    return None


def _lock_record_type(table: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"{NAME} {table}"])
        if not cursor.fetchone()[0]:
            raise InOtherHands


def _wait_for_writers() -> None:
    """Until everyone who began to write values before the fields were marked has finished: their triggers didn't know."""
    last = time.monotonic() + PATIENCE
    while True:
        with transaction.atomic(using="progress"), connections["progress"].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('leadwell.types'), 0)")
            if cursor.fetchone()[0]:
                return
        if time.monotonic() > last:
            raise InOtherHands
        time.sleep(PAUSE)


def _write_search_words(table: str, keys: list[str], progress) -> None:
    """Write all records with a value in one of the fields, in order of their ids."""
    model = SCHEMAS[table].model
    total = get_values_model(model)._default_manager.filter(values__has_any_keys=keys).count()
    done = last = 0
    progress(done, total)
    while True:
        with transaction.atomic(using="progress"), connections["progress"].cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT leadwell_reword(%s, %s, %s, %s)", [table, keys, last, PART])
            (last,) = cursor.fetchone()
        if last is None:
            return
        done = min(done + PART, total)
        progress(done, total)


def _mark_fields(states: dict[int, str]) -> None:
    """Other connections see it at once."""
    with transaction.atomic(using="progress"), connections["progress"].cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        for pk, state in states.items():
            CustomField.objects.using("progress").filter(pk=pk).update(searched_as=state)


def _mark_fields_written(rows: list[CustomField]) -> None:
    """Only the definitions that didn't change meanwhile, and can't until they are marked."""
    versions = {row.pk: row.version for row in rows}
    with transaction.atomic(using="progress"):
        now = CustomField.objects.using("progress").select_for_update().filter(pk__in=versions).order_by("pk")
        _mark_fields({row.pk: get_final_search_state(row) for row in now if row.version == versions[row.pk]})


@every_hour
def restart_failed_search_jobs() -> int:
    """Write again what a failed job didn't."""
    started = 0
    for table in SCHEMAS:
        if job := Job.objects.get_last_ended(NAME, table=table):
            started += start_search_word_job(table, job.user) is not None
    return started
