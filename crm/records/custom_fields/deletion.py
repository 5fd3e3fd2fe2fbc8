"""Deletes a custom field with its values, as one operation that undo brings back."""

from django.db import connection
from django.utils.translation import gettext as _

from crm.fields.custom.definitions.field_visibility import get_dependent_fields
from crm.fields.custom.indexes.index_building import start_index_job
from crm.fields.custom.search.search_word_jobs import start_search_word_job
from crm.fields.custom.values.stored_values import count_filled_values, get_values_table
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField, Job, Operation
from crm.platform import jobs
from crm.records.custom_fields.formula_input import get_retirement_obstacle
from crm.records.editing.settings_change import record_settings_change

# From this many values on, deleting takes seconds and runs as a job.
LARGE = 5_000


def delete_custom_field(row: CustomField, *, by, channel: str = Operation.Channel.WEB) -> Operation:
    """The values go one by one, each recorded, so an undo restores those that weren't entered again."""
    with record_settings_change("delete_custom_field", by=by, channel=channel, rows=[row.pk]) as record:
        with connection.cursor() as cursor:
            values = get_values_table(SCHEMAS[row.table_of].model)
            cursor.execute(f"UPDATE {values} SET values = values - %s WHERE values ? %s", [row.key, row.key])
        row.deleted = row.retired = True
        row.save(update_fields=["deleted", "retired"])
        start_index_job(row.table_of, by)
        start_search_word_job(row.table_of, by)
    return record


def find_fields_in_use(ids: list[int]) -> set[int]:
    """Those of these fields that records have a value in, that a formula uses, or that other fields are only shown for."""
    rows = CustomField.objects.filter(pk__in=ids)
    return {
        row.pk
        for row in rows
        if count_filled_values(row) or get_retirement_obstacle(row) or get_dependent_fields(row)
    }


def queue_deletion(row: CustomField, user, *, channel: str = Operation.Channel.WEB) -> Job:
    """The job that deletes it."""
    return jobs.start_job("delete_custom_field", user, {"field": row.pk, "channel": channel})


def _describe_job(arguments: dict) -> str:
    row = CustomField.objects.filter(pk=arguments.get("field", 0)).first()
    return _("Delete custom field %(name)s") % {"name": row.label if row else ""}


@jobs.register_job_kind("delete_custom_field", _describe_job, long=True)
def run_deletion_job(job: Job, progress) -> Operation | None:
    """If it runs twice, the field is gone the second time."""
    row = CustomField.objects.select_for_update().filter(pk=job.arguments["field"], deleted=False).first()
    if row is None:
        return None
    if not job.user.has_perm(CustomField.get_right("delete")):
        raise jobs.JobProblem(
            _("You no longer have permission to delete custom fields. Nothing was changed.")
        )
    if get_dependent_fields(row):
        raise jobs.JobProblem(_("Other fields are only shown for values of this field. Nothing was changed."))
    if kept := get_retirement_obstacle(row):
        raise jobs.JobProblem(kept)
    channel = job.arguments.get("channel", Operation.Channel.WEB)
    return delete_custom_field(row, by=job.user, channel=channel)
