"""The result of a trial in words: the records on which the automation would have acted, when, what woke it, and what it would have done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from automations.definition.sentences import describe_step
from automations.log_lines import describe_response, get_operations
from automations.models import AutomationTrial
from automations.models.automation import WAIT
from automations.trial.past_events import PastEvent, get_past_events
from automations.trial.past_records import split_into_statements
from automations.trial.trial_run import OF_OWNER, TrialJudgment
from crm.models import Operation
from crm.platform.jobs import JobProblem
from crm.platform.web.id_parsing import parse_number
from crm.records.history.visible_operations import describe_operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence

PAGE = 25
# What a page can show, by the value of its parameter.
ACTED, REFUSED = "acted", "refused"


@dataclass(frozen=True)
class TrialLine:
    """`steps` are the steps that would have changed the record, `others` those that wouldn't, each with the reason."""

    record: Any
    at: datetime
    waking: Operation | None
    waking_words: str
    steps: list[str]
    others: list[tuple[str, str]]


@dataclass(frozen=True)
class TrialPage:
    """`older` is the event after which the next page begins, or None."""

    lines: list[TrialLine]
    older: int | None


def build_trial_page(trial: AutomationTrial, viewer: User, shown: str, before: str) -> TrialPage:
    """The newest records first, judged again as of then; those that the viewer no longer sees are left out."""
    ids = trial.refused if shown == REFUSED else trial.acted
    after = parse_number(before)
    start = ids.index(after) + 1 if after in ids else 0
    page = ids[start : start + PAGE]
    older = page[-1] if len(ids) > start + PAGE else None
    return TrialPage(_build_lines(trial, viewer, page), older)


def _build_lines(trial: AutomationTrial, viewer: User, ids: list[int]) -> list[TrialLine]:
    automation = trial.automation
    kind, known = KINDS[automation.table_of], get_past_events(automation, ids)
    events = [known[pk] for pk in ids if pk in known]
    verdicts = judge_again(trial, events)
    records = kind.model.objects.visible_to(viewer).in_bulk({event.moment.record for event in events})
    waking = get_operations(event.moment.operation for event in events if event.moment.operation)
    words = {pk: describe_operation(one, viewer) for pk, one in waking.items()}
    steps = [describe_step(kind, step, viewer) for step in automation.parsed_steps]
    found = []
    for event in events:
        if record := records.get(event.moment.record):
            pairs = zip(automation.parsed_steps, steps, verdicts.get(event.moment.key, []), strict=False)
            given = [(told, verdict) for step, told, verdict in pairs if step.action != WAIT]
            done = [step for step, verdict in given if verdict == "changed"]
            others = [
                (step, describe_verdict(verdict, kind)) for step, verdict in given if verdict != "changed"
            ]
            operation = event.moment.operation or 0
            told = words.get(operation, "") or describe_response(automation.trigger)
            found.append(TrialLine(record, event.at, waking.get(operation), told, done, others))
    return found


def judge_again(trial: AutomationTrial, events: list[PastEvent]) -> dict[int, list[str]]:
    """The verdicts of the steps by the key of the moment; none if the automation can't act any more."""
    try:
        judgment = TrialJudgment(trial.automation)
    except JobProblem:
        return {}
    for part in split_into_statements([event.moment for event in events]):
        judgment.judge(part)
    return judgment.steps


def describe_verdict(verdict: str, kind: Any) -> str:
    return (
        _("Already set.")
        if verdict == "unchanged"
        else describe_trial_reason(verdict.removeprefix("!"), kind)
    )


def describe_trial_reason(code: str, kind: Any) -> str:
    if code == OF_OWNER:
        return _("The owner of the automation couldn’t change the record.")
    return get_reason_sentence(code, kind)
