"""Move: to another status, by its contract; or to another pipeline, status by status."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.history.verb_execution import Refusal, Verb
from leads.models import Lead, LostReason, Status
from leads.statuses import reference_tables, status_contract, won_leads


def get_status_label(pk) -> str:
    status = reference_tables.get_all_statuses().get(pk)
    return status.label if status else _("a deleted status")


@dataclass(frozen=True)
class Move(Verb):
    kind = "move"
    title = _lazy("Move to a status")
    icon = "flag"
    status: Status
    reason: LostReason | None = None
    remark: str = ""
    # Only the removal of a status moves leads on without checking the contract of the next one.
    without_contract: bool = False
    # The model of the records.
    moved: Any = Lead

    def get_parameters(self):
        return {"status": self.status.pk, "reason": self.reason.pk if self.reason else None}

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Move to %(status)s") % {"status": get_status_label(parameters.get("status"))}

    def get_protection_refusals(self, model):
        return [] if self.without_contract else super().get_protection_refusals(model)

    def lock_settings(self):
        status_contract.lock_pipelines([self.status.pipeline_id])

    def lock_after_rows(self):
        if not self.without_contract:
            won_leads.lock_followers(self.status)

    def build_unchanged_condition(self):
        same = Q(status=self.status.pk)
        if self.status.needs_reason and self.reason:
            same &= Q(lost_reason=self.reason.pk, lost_remark=self.remark)
        return same

    def get_refusals(self):
        if self.without_contract:
            return []
        given = {"lost_reason": self.reason} if self.reason else None
        return status_contract.get_refusals(self.status, given, model=self.moved)

    def refuse_conflicting_rows(self, outcome, by):
        if not self.without_contract:
            won_leads.refuse_unwinnable_leads(self.status, outcome, by)

    def write_consequences(self, record, changed):
        if not self.without_contract:
            won_leads.write_consequences_of_winning(self.status, record, changed)

    def get_values(self):
        if not self.status.needs_reason:
            return {"status": self.status, "lost_reason": None, "lost_remark": ""}
        if self.reason is None:
            return {"status": self.status}
        return {"status": self.status, "lost_reason": self.reason, "lost_remark": self.remark}


@dataclass(frozen=True)
class ChangePipeline(Verb):
    """`mapping` says for each status of the old pipeline which status of the new one replaces it."""

    kind = "change_pipeline"
    title = _lazy("Move to a pipeline")
    icon = "flag"
    mapping: tuple[tuple[Status, Status], ...]
    moved: Any = Lead

    def get_parameters(self):
        return {"pipeline": self.mapping[0][1].pipeline_id if self.mapping else None}

    @classmethod
    def get_label(cls, parameters, kind):
        pipeline = reference_tables.get_all_pipelines().get(parameters.get("pipeline"))
        return _("Move to the %(pipeline)s pipeline") % {"pipeline": pipeline or _("(deleted)")}

    def _get_arrived_statuses(self) -> list[int]:
        """All statuses of the new pipeline: the records in them are already there."""
        if not self.mapping:
            return []
        statuses = Status.objects.of_pipeline(self.mapping[0][1].pipeline_id)
        return list(statuses.values_list("pk", flat=True))

    def lock_settings(self):
        status_contract.lock_pipelines(status.pipeline_id for pair in self.mapping for status in pair)

    def build_unchanged_condition(self):
        return Q(status__in=self._get_arrived_statuses())

    def get_refusals(self):
        known = [*(old.pk for old, _new in self.mapping), *self._get_arrived_statuses()]
        found = [Refusal("no_mapping", ~Q(status__in=known))]
        for old, new in self.mapping:
            # A lost lead keeps its reason; one that was open requires one.
            given = {"lost_reason": True} if old.needs_reason and new.needs_reason else None
            for refusal in status_contract.get_refusals(new, given, from_any_pipeline=True, model=self.moved):
                found.append(Refusal(refusal.code, Q(status=old.pk) & refusal.when))
        return found

    def get_values(self):
        lost = [new.pk for _old, new in self.mapping if new.needs_reason]
        cases = [When(status=old.pk, then=Value(new.pk)) for old, new in self.mapping]
        stays_lost = Q(status__in=[old.pk for old, new in self.mapping if new.pk in lost])
        return {
            "status": Case(*cases, default=F("status_id"), output_field=BigIntegerField()),
            "lost_reason": Case(When(stays_lost, then=F("lost_reason_id")), default=Value(None)),
            "lost_remark": Case(When(stays_lost, then=F("lost_remark")), default=Value("")),
        }

    def write_consequences(self, record, changed):
        won = Status.Kind.WON
        if any(new.kind == won and old.kind != won for old, new in self.mapping):
            won_leads.run_won_followers(record, changed)
