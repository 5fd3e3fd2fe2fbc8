"""Merging statuses, sources, tags or lost reasons into another one: their leads and saved views get that one, then they are
retired. All of it is one operation; for several thousand leads, a job does it, and more than a million get another lost reason in
portions first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.models import Job, Operation
from crm.platform.jobs import JobProblem, PartDone, register_job_kind
from crm.platform.models.retirable import get_retirement_obstacle
from crm.records.editing.settings_change import record_settings_change, wait_for_others
from crm.records.history.multi_part_changes import ROWS_A_PART, get_too_large_sentence
from crm.records.history.verb_execution import Verb, carry_out
from crm.records.kinds.kind_registry import KINDS as RECORD_TYPES
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.saved_view_replacement import replace_in_saved_views
from leads.models import LostReason, Status
from leads.models.pipeline import KINDS_BY_PURPOSE
from leads.settings.rename import get_pipeline_id
from leads.settings.retirement import (
    RetirementRefused,
    get_channel_argument,
    refuse_if_formulas_name,
    replace_in_next_statuses,
)
from leads.settings.settings_tables import SETTINGS_TABLES, SettingsTable
from leads.settings.usage import COLUMNS, build_any_condition, get_kind_using_row
from leads.verbs import MergeLostReasons, MergeTags, Move, SetSource
from leads.verbs.settings_change import join_row_labels

NAMES = {
    "status": "merge_statuses",
    "source": "merge_sources",
    "tag": "merge_tags",
    "lost_reason": "merge_lost_reasons",
}


def get_merge_rights(kind: SettingsTable) -> list[str]:
    """The permissions that merging requires. Lost reasons can't be deleted, so there is no permission for that."""
    return [kind.get_right("change" if kind.table == "lost_reason" else "delete"), "leads.change_lead"]


@dataclass(frozen=True)
class RowMerge:
    """The ids of the rows and of the one that they become. A lost status may require a reason."""

    kind: SettingsTable
    rows: tuple[int, ...]
    into: int
    reason: int | None = None
    remark: str = ""
    channel: str = Operation.Channel.WEB

    def get_arguments(self) -> dict[str, Any]:
        """The arguments for a job."""
        values = {"rows": list(self.rows), "into": self.into, "reason": self.reason, "remark": self.remark}
        return {"table": self.kind.table, **values, **get_channel_argument(self.channel)}

    @property
    def records(self) -> list[Any]:
        """All records that have one of them, including those in Trash: a set for each type. Leads and deals share reasons, and
        all record types share tags."""
        kinds = [get_kind_using_row(self.kind.table, self.into)]
        if self.kind.table == "lost_reason":
            kinds = [RECORD_TYPES[name] for name in KINDS_BY_PURPOSE.values()]
        if self.kind.table == "tag":
            kinds = list(RECORD_TYPES.values())
        having_them = build_any_condition(self.kind.table, self.rows)
        return [kind.model._default_manager.filter(having_them) for kind in kinds]

    @property
    def record_count(self) -> int:
        return sum(rows.count() for rows in self.records)

    def build_verb(self, rows: list, into: Any) -> Verb:
        match self.kind.table:
            case "status":
                reason = LostReason.objects.filter(pk=self.reason).first() if self.reason else None
                model = into.pipeline.kind.model
                return Move(into, reason, self.remark, without_contract=True, moved=model)
            case "source":
                return SetSource(into, instead_of_removed=True)
            case "lost_reason":
                return MergeLostReasons(into)
        return MergeTags(tuple(rows), into)

    def carry_out(self, *, by, progress: Callable[[int, int], None] | None = None) -> Operation:
        """Raises RetirementRefused if they can't be merged or the user may not change all of their leads."""
        wait_for_others()
        table = self.kind.model._default_manager
        found = table.select_for_update().in_bulk([*self.rows, self.into])
        rows = [found.pop(pk) for pk in self.rows if pk in found and pk != self.into]
        into = found.get(self.into)
        if (
            reason := get_merge_obstacle(rows, into)
            if len(rows) == len(self.rows)
            else _("Select other rows.")
        ):
            raise RetirementRefused(reason)
        refuse_if_formulas_name(self.kind, rows)
        values: dict[str, Any] = {"rows": list(self.rows), "successor": self.into}
        with record_settings_change(NAMES[self.kind.table], by=by, channel=self.channel, **values) as record:
            verb = self.build_verb(rows, into)
            for records in self.records:
                carry_out(verb, records.changeable_by(by), by=by, joined=record, progress=progress)
            if self.record_count:
                raise RetirementRefused(_get_not_permitted_sentence())
            table.filter(pk__in=self.rows).update(retired=True)
            record.parameters["views"] = [view for row in rows for view in self._replace_uses(row)]
        return record

    def carry_out_portion(self, *, by, progress: Callable[[int, int], None]) -> Operation | None:
        """Of more than a million records, give the next ones the other reason, as a separate operation; None once the rest is for
        `carry_out`. Only for lost reasons: the list changes those of the others. Raises RetirementRefused."""
        records = [rows for rows in self.records if rows.exists()]
        if self.kind.table != "lost_reason" or not get_too_large_sentence(self.record_count):
            return None
        if any(rows.count() > rows.changeable_by(by).count() for rows in records):
            raise RetirementRefused(_get_not_permitted_sentence())
        into = LostReason.objects.active().filter(pk=self.into).first()
        if into is None:
            raise RetirementRefused(_("The replacement is no longer in use."))
        next_ones = records[0].changeable_by(by)
        ids = list(next_ones.order_by("pk").values_list("pk", flat=True)[:ROWS_A_PART])
        values: dict[str, Any] = {"rows": list(self.rows), "successor": self.into}
        with record_settings_change(NAMES[self.kind.table], by=by, channel=self.channel, **values) as record:
            portion = next_ones.filter(pk__any=ids)
            carry_out(MergeLostReasons(into), portion, by=by, joined=record, progress=progress)
        # The next portion would be the same one.
        if record.pk is None:
            raise RetirementRefused(_get_not_permitted_sentence())
        return record

    def _replace_uses(self, row: Any) -> list[list]:
        """The rules and the saved views that use it get the other one."""
        if isinstance(row, Status):
            replace_in_next_statuses(row, self.into)
        return replace_in_saved_views(COLUMNS[self.kind.table], row.pk, self.into)


def _get_not_permitted_sentence() -> str:
    return _("You don’t have permission to change all of the affected records. Ask an administrator.")


def get_unmergeable_reason(rows: list) -> str:
    """Why these can't be merged, whatever they become, in a sentence, or ''."""
    if len({get_pipeline_id(row) for row in rows}) > 1:
        return _("Statuses of different pipelines can’t be merged.")
    # One of several can be the one that stays.
    return _get_retirement_obstacle(rows) if len(rows) == 1 else ""


def get_merge_obstacle(rows: list, into: Any) -> str:
    """Why these can't become that one, in a sentence, or ''."""
    if into is None or into.retired:
        return _("The replacement is no longer in use.")
    return get_unmergeable_reason([*rows, into]) or _get_retirement_obstacle(rows)


def _get_retirement_obstacle(rows: list) -> str:
    return next(
        (
            f"{row.label}: {get_reason_sentence(reason)}"
            for row in rows
            if (reason := get_retirement_obstacle(row))
        ),
        "",
    )


def _describe_job(arguments: dict) -> str:
    rows = arguments.get("rows", [arguments.get("pk", 0)])
    return _("Merging %(names)s") % {"names": join_row_labels(arguments.get("table", "tag"), rows)}


@register_job_kind("merge_settings", _describe_job)
def merge_settings(job: Job, progress) -> Operation | PartDone | None:
    return _run_merge_job(job, {**job.arguments}, progress)


@register_job_kind("merge_tags", _describe_job)
def merge_tags(job: Job, progress) -> Operation | PartDone | None:
    """Queued before an update, when each job merged one tag."""
    values = {"table": "tag", "rows": [job.arguments["pk"]], "into": job.arguments["into"]}
    return _run_merge_job(job, values, progress)


def _run_merge_job(job: Job, values: dict[str, Any], progress) -> Operation | PartDone | None:
    kind = SETTINGS_TABLES[values.pop("table")]
    if not job.user.has_perms(get_merge_rights(kind)):
        raise JobProblem(
            _("You no longer have permission to do this. The rest wasn’t changed.")
            if Job.objects.filter(pk=job.pk).begun().exists()
            else _("You no longer have permission to do this. Nothing was changed.")
        )
    try:
        merging = RowMerge(kind, tuple(values.pop("rows")), **values)
        if portion := merging.carry_out_portion(by=job.user, progress=progress):
            return PartDone(portion)
        record = merging.carry_out(by=job.user, progress=progress)
    except RetirementRefused as refused:
        raise JobProblem(str(refused)) from refused
    return record if record.pk else None
