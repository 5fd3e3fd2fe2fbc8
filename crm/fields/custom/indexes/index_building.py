"""The indexes of quick custom fields: a job makes them and removes them while people work.

The job compares the definitions with the indexes that there are, so it can be killed at any time and started again. The
name of an index tells what is in it: if the definition changes, such as the decimal places, the index is another one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import Index
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.custom.values.stored_values import get_values_model
from crm.fields.models.custom_field import MOST_QUICK
from crm.fields.percentages import get_percent
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField, Job, Operation
from crm.platform import jobs
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.jobs.job_runner import InOtherHands, JobCancelled
from crm.platform.jobs.outside_transaction import run_outside_transaction
from crm.templatetags.look import number

NAME = "index_custom_fields"
# The steps of one index, in percent.
WHOLE = 100
# What PostgreSQL says while it makes an index, and the part of the work that is done before and after it.
PHASES = {
    "building index: scanning table": (5, 45),
    "building index: sorting live tuples": (45, 55),
    "building index: loading tuples in tree": (55, 65),
    "index validation: scanning index": (65, 75),
    "index validation: scanning table": (75, 95),
}


@dataclass(frozen=True)
class ExistingIndex:
    """An index in the database; one that isn't valid, or has no statistics, was left by a job that was killed."""

    name: str
    valid: bool
    size: int


def build_index(definition: CustomField) -> Index:
    """The index of a field, named after what is in it."""
    field = build_model_field(definition)
    model = get_values_model(SCHEMAS[definition.table_of].model)
    trial = field.type.build_quick_index(field, "trial")
    with connection.schema_editor(collect_sql=True) as editor:
        text = str(trial.create_sql(model, editor))
    found = trial.clone()
    found.name = f"{_get_index_prefix(definition)}{sha256(text.encode()).hexdigest()[:6]}"
    return found


def _get_index_prefix(definition: CustomField) -> str:
    return f"{definition.table_of}_values_{definition.key}_"


def get_existing_indexes(table: str) -> list[ExistingIndex]:
    """The indexes of quick fields of a record type that the database has."""
    model = get_values_model(SCHEMAS[table].model)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, i.indisvalid AND s.stxname IS NOT NULL, pg_relation_size(c.oid)
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               LEFT JOIN pg_statistic_ext s ON s.stxrelid = i.indrelid AND s.stxname = c.relname
               WHERE i.indrelid = to_regclass(%s) AND c.relname ~ %s ORDER BY 1""",
            [connection.ops.quote_name(model._meta.db_table), f"^{table}_values_c[0-9]+_"],
        )
        return [ExistingIndex(*row) for row in cursor.fetchall()]


def get_wanted_indexes(table: str) -> dict[str, tuple[CustomField, Index]]:
    """The indexes that the definitions ask for, by name."""
    rows = CustomField.objects.present_of_table(table).quick().order_by("pk")[:MOST_QUICK]
    found = [(row, build_index(row)) for row in rows]
    return {index.name: (row, index) for row, index in found}


def has_exactly_wanted_indexes(table: str) -> bool:
    """Whether each index is there, and no other."""
    asked = get_wanted_indexes(table)
    marked = set(CustomField.objects.filter(table_of=table, indexed=True).values_list("pk", flat=True))
    there = {index.name for index in get_existing_indexes(table) if index.valid}
    return there == set(asked) and marked == {row.pk for row, _index in asked.values()}


def start_index_job(table: str, by: Any) -> Job | None:
    """Start the job that makes and removes the indexes of a record type, unless there is nothing to do."""
    waiting = Job.objects.filter(kind=NAME, arguments__table=table, state=Job.State.WAITING)
    if has_exactly_wanted_indexes(table) or waiting.exists():
        return None
    return jobs.start_job(NAME, by, {"table": table})


def describe_index_state(definition: CustomField) -> str:
    """How far the index of a quick field is, in words."""
    job = Job.objects.filter(kind=NAME, arguments__table=definition.table_of).order_by("pk").last()
    if definition.indexed:
        size = sum(
            row.size
            for row in get_existing_indexes(definition.table_of)
            if row.name.startswith(_get_index_prefix(definition))
        )
        return _("Ready. The index takes %(size)s on the server’s disk.") % {"size": filesizeformat(size)}
    if job and job.unfinished:
        share = number(get_percent(job.done, job.total))
        return _("Being prepared, %(share)s%% done.") % {"share": share}
    return _("The index isn’t ready. Save the field to prepare it again.")


def _describe_job(arguments: dict) -> str:
    kind = SCHEMAS.get(arguments.get("table", ""))
    return _("Prepare the quick custom fields of %(records)s") % {"records": kind.words.many if kind else ""}


def _get_job_url(arguments: dict) -> str:
    return SCHEMAS[arguments["table"]].get_url("fields")


@jobs.register_job_kind(NAME, _describe_job, page=_get_job_url, long=True)
def run_index_job(job: Job, progress) -> Operation | None:
    """Each index is made outside the job's transaction. A second run does what the first one left undone."""
    table = job.arguments["table"]
    _lock_record_type(table)
    asked = get_wanted_indexes(table)
    _mark_fields(table, [row.pk for row, _index in asked.values()], ready=False)
    there = get_existing_indexes(table)
    removed = [index.name for index in there if not index.valid or index.name not in asked]
    missing = [name for name in asked if name not in {index.name for index in there if index.valid}]
    total, done = WHOLE * (len(removed) + len(missing)), 0
    for name in removed:
        run_outside_transaction(_build_drop_index_sql(name), _build_share_reporter(progress, done, total))
        run_outside_transaction(
            f"DROP STATISTICS IF EXISTS {connection.ops.quote_name(name)}",
            _build_share_reporter(progress, done, total),
        )
        done += WHOLE
    _mark_fields(table, [row.pk for name, (row, _index) in asked.items() if name not in missing], ready=True)
    for name in missing:
        row, index = asked[name]
        _create_index(table, index, _build_share_reporter(progress, done, total, _get_build_percentage))
        _mark_fields(table, [row.pk], ready=True)
        done += WHOLE
    progress(total, total)
    return None


def _build_share_reporter(
    progress: Callable[[int, int], None], done: int, total: int, share: Callable[[int], int] = lambda pid: 0
) -> Callable[[int], None]:
    """Reports what was done before, and the share of the statement that the process with this id runs."""
    return lambda pid: progress(done + share(pid), total)


def _lock_record_type(table: str) -> None:
    """Two jobs of one record type would make the same index. The second one doesn't wait within a statement, because
    PostgreSQL would wait for that statement before it finishes the index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"{NAME} {table}"])
        if not cursor.fetchone()[0]:
            raise InOtherHands


def _create_index(table: str, index: Index, watch: Any) -> None:
    model = get_values_model(SCHEMAS[table].model)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        statement = str(index.create_sql(model, editor, concurrently=True))
    try:
        run_outside_transaction(statement, watch)
    except JobCancelled:
        run_outside_transaction(_build_drop_index_sql(index.name), lambda pid: None)
        raise
    run_outside_transaction(_build_statistics_sql(model, index.name), watch)


def _build_statistics_sql(model: Any, name: str) -> str:
    """The planner learns how frequent the values are. It ignores what it knows from an index that leaves out some rows, and
    would take a value of every fifth record for one of every two hundredth."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef(to_regclass(%s), 1, true)", [connection.ops.quote_name(name)])
        (value,) = cursor.fetchone()
    table = connection.ops.quote_name(model._meta.db_table)
    quoted = connection.ops.quote_name(name)
    return f"CREATE STATISTICS IF NOT EXISTS {quoted} ON ({value}) FROM {table}; ANALYZE {table}"


def _build_drop_index_sql(name: str) -> str:
    return f"DROP INDEX CONCURRENTLY IF EXISTS {connection.ops.quote_name(name)}"


def _get_build_percentage(pid: int) -> int:
    """How much of an index is done, in percent, as PostgreSQL reports it."""
    with connections["progress"].cursor() as cursor:
        cursor.execute(
            """SELECT phase, blocks_done, blocks_total, tuples_done, tuples_total
               FROM pg_stat_progress_create_index WHERE pid = %s""",
            [pid],
        )
        found = cursor.fetchone()
    if not found or found[0] not in PHASES:
        return 0
    phase, blocks, all_blocks, tuples, all_tuples = found
    first, last = PHASES[phase]
    part = blocks / all_blocks if all_blocks else tuples / all_tuples if all_tuples else 0
    return first + int((last - first) * min(part, 1))


def _mark_fields(table: str, ids: list[int], *, ready: bool) -> None:
    """These fields are ready, or only these may stay ready. Other connections see it at once."""
    rows = CustomField.objects.using("progress").filter(table_of=table).exclude(indexed=ready)
    rows = rows.filter(pk__in=ids) if ready else rows.exclude(pk__in=ids)
    with transaction.atomic(using="progress"), connections["progress"].cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        rows.update(indexed=ready)


@every_hour
def restart_failed_index_jobs() -> int:
    """Prepare again what an administrator asked for and a failed job didn't do, or a restored backup doesn't have."""
    started = 0
    for table in SCHEMAS:
        if job := Job.objects.get_last_ended(NAME, table=table):
            started += start_index_job(table, job.user) is not None
    return started
