"""The log of an automation in words: for each record when, what woke the automation, and what it did or why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from automations.definition.sentences import describe_step
from automations.definition.trigger_types import AUTOMATION
from automations.models import Automation, AutomationRun
from automations.running.waking import NO_OPERATION
from crm.models import Operation
from crm.records.history.visible_operations import build_operation_lines, describe_operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.stored_conditions import describe_conditions

Outcome = AutomationRun.Outcome
# What a recipient did, by the beginning of the occasion (automations/running/mailing_responses.py).
OF_MAILINGS: dict[str, Any] = {
    Automation.Trigger.MAILING_ANSWERED: _lazy("answered a mailing"),
    Automation.Trigger.MAILING_OPENED: _lazy("opened a mailing"),
    Automation.Trigger.MAILING_CLICKED: _lazy("clicked a link in a mailing"),
    Automation.Trigger.MAILING_BOUNCED: _lazy("a mailing bounced"),
}
TONES = {
    Outcome.ACTED: "positive",
    Outcome.FAULT: "negative",
    Outcome.REFUSED: "warning",
    Outcome.LIMIT: "warning",
}


@dataclass(frozen=True)
class LogLine:
    """`record` is one that the reader sees. `waking` and `written` are the operations, if they are still there; `waking` is none for
    a run that someone asked for. `reasons` are the steps that changed nothing, each with its reason, `unmet` the conditions that
    weren't met."""

    run: AutomationRun
    record: Any
    waking: Operation | None
    waking_words: str
    written: Any
    reasons: list[tuple[str, str]]
    unmet: list[str]
    asked_by: str
    # Whether something that it did on this day, among these lines, isn't undone yet.
    day_has_undo: bool

    @property
    def outcome_words(self) -> str:
        return describe_outcome(self.run)

    @property
    def tone(self) -> str:
        return TONES.get(AutomationRun.Outcome(self.run.outcome), "")


def visible_runs_queryset(
    automation: Automation, viewer: User, outcome: str = "", record: int | None = None
) -> Any:
    """The log about records that the viewer sees, or about one of them, with one outcome or all."""
    seen = KINDS[automation.table_of].model.objects.visible_to(viewer).order_by().values("pk")
    rows = AutomationRun.objects.of_automation(automation.pk).filter(record__in=seen)
    rows = rows if record is None else rows.filter(record=record)
    return rows.filter(outcome=outcome) if outcome in Outcome.values else rows


def build_log_lines(automation: Automation, runs: Sequence[AutomationRun], viewer: User) -> list[LogLine]:
    """In as many queries for many runs as for one."""
    kind = KINDS[automation.table_of]
    records = kind.model.objects.visible_to(viewer).in_bulk({run.record for run in runs})
    waking = get_operations(run.waking for run in runs)
    written = get_operations(run.written for run in runs if run.written)
    lines = {line.record.pk: line for line in build_operation_lines(list(written.values()), viewer)}
    words = {pk: describe_operation(one, viewer) for pk, one in waking.items()}
    steps = [describe_step(kind, step, viewer) for step in automation.parsed_steps]
    unmet = _describe_conditions(runs, kind, viewer)
    undoable = {
        localdate(run.at) for run in runs if (line := lines.get(run.written or 0)) and not line.undone
    }
    found = []
    for run in runs:
        cause = waking.get(run.waking)
        was_asked = cause is not None and cause.parameters.get(AUTOMATION) == automation.pk
        found.append(
            LogLine(
                run,
                records.get(run.record),
                None if was_asked else cause,
                words.get(run.waking, "") or describe_occasion(run),
                lines.get(run.written or 0),
                [] if run.outcome == Outcome.UNMET else _describe_reasons(run, steps, kind),
                [unmet[query] for query in run.reasons] if run.outcome == Outcome.UNMET else [],
                str(cause.by or _("the system")) if was_asked and cause else "",
                localdate(run.at) in undoable,
            )
        )
    return found


def _describe_conditions(runs: Sequence[AutomationRun], kind: Any, viewer: User) -> dict[str, str]:
    """The conditions that weren't met in words, by their query, each once for all rows."""
    queries = {query for run in runs if run.outcome == Outcome.UNMET for query in run.reasons}
    hidden = _("a condition on a field that you can’t see")
    return {query: describe_conditions(kind, query, viewer) or hidden for query in queries}


def describe_occasion(run: AutomationRun) -> str:
    """What woke it if no operation did: a recipient of a mailing, or time."""
    if run.waking != NO_OPERATION:
        return ""
    return describe_response(run.occasion.partition(" ")[0]) or _("by the clock")


def describe_response(trigger: str) -> str:
    """What the recipient of a mailing did; '' for other triggers."""
    return str(OF_MAILINGS.get(trigger, ""))


def describe_outcome(run: AutomationRun) -> str:
    """After a wait, the conditions were asked again."""
    if run.step and run.outcome == Outcome.UNMET:
        return _("no longer meets the conditions")
    return str(run.get_outcome_display())


def _describe_reasons(run: AutomationRun, steps: list[str], kind: Any) -> list[tuple[str, str]]:
    """A step that the automation no longer has is without words."""
    return [
        (steps[number] if number < len(steps) else "", get_reason_sentence(code, kind))
        for number, code in run.reasons
    ]


def get_operations(ids: Iterable[int]) -> dict[int, Operation]:
    return Operation.objects.select_related("by", "undoes").in_bulk(set(ids))
