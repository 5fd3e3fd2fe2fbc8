"""The choices of a custom field: changing one, their order, deleting an unused one, and merging one into another."""

from typing import Any

from django.db import connection, transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from crm.fields.custom.formulas.value_replacement import find_formulas_comparing, get_rewrite_obstacle
from crm.fields.custom.search.search_word_jobs import start_search_word_job
from crm.fields.custom.values.stored_values import get_values_table
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField, Job, Operation
from crm.platform import jobs
from crm.platform.text.quotation import quote_text
from crm.platform.text.text_folding import fold_text
from crm.records.custom_fields.retype.type_change import (
    Progress,
    RetypeRefused,
    count_distinct_values,
    lock_field_and_records,
    refuse_if_it_is_needed,
    stage_conversions,
    write_staged_values,
)
from crm.records.editing.settings_change import record_settings_change, wait_for_others
from crm.records.listing.saved_view_replacement import replace_in_saved_views

Choice = dict[str, Any]


def get_present_choices(row: CustomField) -> list[Choice]:
    """The choices that weren't deleted."""
    return [choice for choice in row.choices if not choice.get("deleted")]


def get_choice(row: CustomField, key: str) -> Choice | None:
    return next((choice for choice in get_present_choices(row) if choice["key"] == key), None)


def count_records_by_choice(row: CustomField, keys: list[str]) -> dict[str, int]:
    """How many records have each of these choices, also those in Trash."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT k.key, count(*) FROM {get_values_table(SCHEMAS[row.table_of].model)} v
                JOIN unnest(%s::text[]) k(key) ON v.values->%s ? k.key OR v.values->>%s = k.key
                WHERE v.values ? %s GROUP BY 1""",
            [keys, row.key, row.key, row.key],
        )
        return dict(cursor.fetchall())


def change_choice(
    row: CustomField, key: str, values: Choice, *, by, channel: str = Operation.Channel.WEB
) -> Operation:
    """The row is locked. Empty values aren't stored."""
    with record_settings_change("edit_custom_field", by=by, channel=channel, rows=[row.pk]) as record:
        for choice in row.choices:
            if choice["key"] == key:
                told = {**choice, **values}
                choice.clear()
                choice.update({name: value for name, value in told.items() if value not in (None, False, "")})
        row.save(update_fields=["choices"])
        start_search_word_job(row.table_of, by)
    return record


def move_choice(row: CustomField, key: str, direction: str, *, by) -> Operation:
    """Move a choice before or after its next neighbor."""
    order = get_present_choices(row)
    place = next(place for place, choice in enumerate(order) if choice["key"] == key)
    other = place + (-1 if direction == "up" else 1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return _write_choice_order(row, order, by)


def sort_choices(row: CustomField, *, by) -> Operation:
    """Put all choices in alphabetical order."""
    return _write_choice_order(
        row, sorted(get_present_choices(row), key=lambda choice: fold_text(choice["name"])), by
    )


def _write_choice_order(row: CustomField, order: list[Choice], by) -> Operation:
    with record_settings_change("edit_custom_field", by=by, rows=[row.pk]) as record:
        row.choices = [*order, *(choice for choice in row.choices if choice.get("deleted"))]
        row.save(update_fields=["choices"])
    return record


def delete_choice(row: CustomField, key: str, *, by, channel: str = Operation.Channel.WEB) -> Operation:
    """Only an unused one; raises RetypeRefused. It stays in the definition, retired and unseen, so that its key never gets
    another meaning in the history."""
    lock_field_and_records(row)
    refuse_if_it_is_needed(row, {key})
    if formulas := find_formulas_comparing(row.key, key):
        names = get_text_list([quote_text(formula.label) for formula in formulas], _("and"))
        words = _("Change these formulas first, because they compare with this choice: %(names)s.")
        raise RetypeRefused(words % {"names": names})
    if count_records_by_choice(row, [key]):
        raise RetypeRefused(_("Records have this choice. Retire it, or merge it into another one."))
    with record_settings_change("edit_custom_field", by=by, channel=channel, rows=[row.pk]) as record:
        for choice in row.choices:
            if choice["key"] == key:
                choice |= {"retired": True, "deleted": True}
        if row.first_value == key:
            row.first_value = ""
        row.save(update_fields=["choices", "first_value"])
    return record


@transaction.atomic
def merge_choices(
    row: CustomField,
    key: str,
    into: str,
    *,
    by,
    channel: str = Operation.Channel.WEB,
    progress: Progress | None = None,
) -> Operation:
    """All records with one choice get the other, and saved views, rules and formulas use it; then the first one is retired.
    Raises RetypeRefused."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE retype_values (old jsonb, new jsonb) ON COMMIT DROP")
    lock_field_and_records(row)
    order = {choice["key"]: place for place, choice in enumerate(row.choices)}
    if key == into or not {key, into} <= set(order):
        raise RetypeRefused(_("One of these choices is no longer in use."))
    refuse_if_it_is_needed(row, {key})
    if reason := get_rewrite_obstacle(row.key, [row.choices[order[key]]["name"]]):
        raise RetypeRefused(reason)
    stage_conversions(
        (stored, replace_choice_in_value(stored, key, into, order))
        for stored, _records in count_distinct_values(row)
    )
    values = {"rows": [row.pk], "choices": [key, into]}
    with record_settings_change("merge_custom_choices", by=by, channel=channel, **values) as record:
        write_staged_values(row, progress)
        for choice in row.choices:
            if choice["key"] == key:
                choice["retired"] = True
        if row.first_value == key:
            row.first_value = into
        row.save(update_fields=["choices", "first_value"])
        record.parameters["views"] = replace_in_saved_views(row.key, key, into)
    return record


def replace_choice_in_value(stored: Any, key: str, into: str, order: dict[str, int]) -> Any:
    """A value with the other choice in place of the first, each only once and in order."""
    if not isinstance(stored, list):
        return into if stored == key else stored
    if key not in stored:
        return stored
    return sorted({into if one == key else one for one in stored}, key=lambda one: order.get(one, 0))


def start_merge(
    row: CustomField, key: str, into: str, user, total: int, *, channel: str = Operation.Channel.WEB
) -> Job:
    told = {"field": row.pk, "version": row.version, "key": key, "into": into}
    running = Job.objects.unfinished().of_kind_and_user("merge_custom_choices", user, **told).first()
    return running or jobs.start_job("merge_custom_choices", user, told | {"channel": channel}, total=total)


def _describe_job(arguments: dict) -> str:
    row = CustomField.objects.filter(pk=arguments.get("field", 0)).first()
    return _("Merge choices of %(name)s") % {"name": row.label if row else ""}


@jobs.register_job_kind("merge_custom_choices", _describe_job)
def run_choice_job(job: Job, progress) -> Operation | None:
    told = job.arguments
    wait_for_others()
    row = CustomField.objects.filter(pk=told["field"], deleted=False, version=told["version"]).first()
    if row is None or not job.user.has_perm(CustomField.get_right("change")):
        raise jobs.JobProblem(_("The field was changed in the meantime. Nothing was changed."))
    try:
        channel = told.get("channel", Operation.Channel.WEB)
        return merge_choices(row, told["key"], told["into"], by=job.user, channel=channel, progress=progress)
    except RetypeRefused as refused:
        raise jobs.JobProblem(str(refused)) from None
