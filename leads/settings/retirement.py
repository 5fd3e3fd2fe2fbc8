"""Deleting a status or source: its leads and saved views get a successor, then it is retired.

Values that leads may have had are never removed, or their history couldn't be shown and undone. All of it is one
operation; for several thousand leads, a job does it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.formulas.value_replacement import get_rewrite_obstacle
from crm.models import Job, Operation
from crm.platform.jobs import JobProblem, register_job_kind
from crm.platform.models.retirable import get_retirement_obstacle
from crm.records.editing.settings_change import record_settings_change, wait_for_others
from crm.records.history.verb_execution import Verb, carry_out
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.saved_view_replacement import replace_in_saved_views
from leads.models import LostReason, Source, Status
from leads.settings.settings_tables import SETTINGS_TABLES, SettingsTable
from leads.settings.usage import build_usage_condition, get_kind_using_row
from leads.verbs import Move, SetSource
from leads.verbs.settings_change import join_row_labels


def get_channel_argument(channel: str) -> dict[str, str]:
    """The channel among the arguments for a job; not that of pages, which the version before an update doesn't know either."""
    return {} if channel == Operation.Channel.WEB else {"channel": channel}


class RetirementRefused(Exception):
    """It can't be deleted; the text says why."""


@dataclass(frozen=True)
class RowRetirement:
    """The row to delete and its successor, None only if nothing uses the row. A lost successor may require a reason."""

    kind: SettingsTable
    pk: int
    successor: int | None = None
    reason: int | None = None
    remark: str = ""
    channel: str = Operation.Channel.WEB

    def get_arguments(self) -> dict[str, Any]:
        """The arguments for a job."""
        return {
            "table": self.kind.table,
            "pk": self.pk,
            "successor": self.successor,
            "reason": self.reason,
            "remark": self.remark,
            **get_channel_argument(self.channel),
        }

    @property
    def records(self) -> Any:
        """All records that have it, including those in Trash: none silently keeps a retired one."""
        return get_kind_using_row(self.kind.table, self.pk).model._default_manager.filter(
            build_usage_condition(self.kind.table, self.pk)
        )

    def build_verb(self, successor: int) -> Verb:
        if self.kind.table == "source":
            return SetSource(Source.objects.get(pk=successor), instead_of_removed=True)
        reason = LostReason.objects.filter(pk=self.reason).first() if self.reason else None
        into = Status.objects.get(pk=successor)
        return Move(into, reason, self.remark, without_contract=True, moved=into.pipeline.kind.model)

    def carry_out(self, *, by, progress: Callable[[int, int], None] | None = None) -> Operation:
        """One operation. Raises RetirementRefused if it has to stay or the user may not change all of its records."""
        wait_for_others()
        rows = self.kind.model._default_manager
        row = rows.select_for_update().filter(pk=self.pk).first()
        if row is None:
            raise RetirementRefused(_("This record no longer exists."))
        if reason := get_retirement_obstacle(row):
            raise RetirementRefused(get_reason_sentence(reason))
        if self.successor is not None and self.successor not in [
            other.pk for other in get_possible_successors(row)
        ]:
            raise RetirementRefused(_("The replacement is no longer in use."))
        if self.successor is not None:
            refuse_if_formulas_name(self.kind, [row])
        values = {"rows": [self.pk], "successor": self.successor}
        with record_settings_change(
            f"retire_{self.kind.table}", by=by, channel=self.channel, **values
        ) as record:
            if self.successor is not None:
                verb = self.build_verb(self.successor)
                carry_out(verb, self.records.changeable_by(by), by=by, joined=record, progress=progress)
            if self.records.exists():
                raise RetirementRefused(
                    _(
                        "You don’t have permission to change all of the affected records. Ask an administrator."
                    )
                )
            rows.filter(pk=self.pk).update(retired=True)
            if isinstance(row, Status):
                replace_in_next_statuses(row, self.successor)
            if self.successor is not None:
                record.parameters["views"] = replace_in_saved_views(self.kind.table, self.pk, self.successor)
        return record


def refuse_if_formulas_name(kind: SettingsTable, rows: list) -> None:
    """Raises RetirementRefused if a formula compares with the label of one of these rows and can't be rewritten."""
    for row in rows:
        if reason := get_rewrite_obstacle(kind.table, {row.label, str(getattr(row, "name", row.label))}):
            raise RetirementRefused(reason)


def get_possible_successors(row) -> list:
    """The possible successors of a status or source: the others in use, in the same pipeline."""
    if isinstance(row, Status):
        return list(Status.objects.active().of_pipeline(row.pipeline_id).in_order().exclude(pk=row.pk))
    return list(Source.objects.active().in_order().exclude(pk=row.pk))


def replace_in_next_statuses(status: Status, successor: int | None) -> None:
    """The rules that lead to a deleted status lead to its successor instead."""
    for other in Status.objects.of_pipeline(status.pipeline_id).filter(next_statuses__contains=[status.pk]):
        kept = [successor if pk == status.pk else pk for pk in other.next_statuses]
        Status.objects.filter(pk=other.pk).update(
            next_statuses=[pk for pk in dict.fromkeys(kept) if pk not in (None, other.pk)]
        )


def describe_arrivals(row, successors: list) -> list[str]:
    """What moving into some of the successors means beyond the new label, in sentences."""
    if not isinstance(row, Status) or row.pipeline.is_for_deals:
        return []
    said = []
    for successor in successors:
        name = {"name": successor.label}
        if successor.kind == Status.Kind.WON and row.kind != Status.Kind.WON:
            said.append(_("Leads moved to %(name)s count as won from today.") % name)
        elif successor.kind == Status.Kind.CONTACTED:
            said.append(_("Leads moved to %(name)s count as contacted today.") % name)
        elif successor.needs_reason and not row.needs_reason:
            said.append(_("Leads moved to %(name)s are closed, so a reason is required.") % name)
    return said


def _describe_job(arguments: dict) -> str:
    return _("Deleting %(name)s") % {
        "name": join_row_labels(arguments.get("table", "status"), [arguments.get("pk", 0)])
    }


@register_job_kind("retire_setting", _describe_job)
def retire_setting(job: Job, progress) -> Operation | None:
    values = {**job.arguments}
    kind = SETTINGS_TABLES[values.pop("table")]
    if not job.user.has_perm(kind.get_right("delete")):
        raise JobProblem(_("You no longer have permission to do this. Nothing was changed."))
    try:
        record = RowRetirement(kind, **values).carry_out(by=job.user, progress=progress)
    except RetirementRefused as refused:
        raise JobProblem(str(refused)) from refused
    return record if record.pk else None
