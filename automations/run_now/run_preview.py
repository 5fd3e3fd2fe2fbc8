"""The preview of a run that someone asks for: what each step would do to how many of the records now."""

from dataclasses import dataclass
from typing import Any

from automations.definition.sentences import describe_step
from automations.models import Automation
from automations.models.automation import WAIT
from automations.run_now.matching_records import get_owner, get_records_acted_on
from automations.run_now.trigger_state import keep_woken_ones
from automations.running.step_plan import judge_records, plan_steps
from crm.models import FrozenSet
from crm.records.history.operation_results import Outcome
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.kinds.reasons import get_reason_sentence

EXAMPLES_OF_REFUSED = 2


@dataclass(frozen=True)
class StepForecast:
    """A wait does nothing to the records. `refusals` are the reason, how many records it is about, and the names of a few of them."""

    words: str
    is_wait: bool
    changed: int
    unchanged: int
    refusals: list[tuple[str, int, str]]


@dataclass(frozen=True)
class RunForecast:
    """`records` is how many the steps would be done to, `acted_before` how many of the set the automation has acted on before, and
    `unmet` how many no longer meet the conditions."""

    records: int
    acted_before: int
    unmet: int
    steps: list[StepForecast]


def build_run_forecast(
    automation: Automation, frozen: FrozenSet, user: Any, *, skips_acted: bool
) -> RunForecast:
    """Each step is judged by the values that the records have now. Raises NotReady."""
    kind, owner = KINDS[automation.table_of], get_owner(automation)
    ids = find_ids_to_run(automation, frozen, user, skips_acted=False)
    acted = get_records_acted_on(automation, ids)
    judged = judge_records(automation, [pk for pk in ids if not skips_acted or pk not in acted], owner)
    outcomes = plan_steps(automation, judged.met, owner)
    words = [describe_step(kind, step, user) for step in automation.parsed_steps]
    waits = [step.action == WAIT for step in automation.parsed_steps]
    steps = [
        _build_step_forecast(kind, text, is_wait, outcome, user)
        for text, is_wait, outcome in zip(words, waits, outcomes, strict=True)
    ]
    unmet = sum(map(len, (judged.unmet, judged.unseen, judged.trashed, judged.merged)))
    return RunForecast(len(judged.met), len(acted), unmet, steps)


def find_ids_to_run(automation: Automation, frozen: FrozenSet, user: Any, *, skips_acted: bool) -> list[int]:
    """Those of the set that the user may still change, and that are still as the trigger says."""
    rows = KINDS[automation.table_of].model.objects.present().changeable_by(user)
    # It was asked about all records when the set was frozen.
    rows = keep_woken_ones(automation, rows.filter(pk__any=frozen.ids_expression), among=frozen)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not skips_acted:
        return ids
    acted = get_records_acted_on(automation, ids)
    return [pk for pk in ids if pk not in acted]


def _build_step_forecast(kind: Kind, words: str, is_wait: bool, outcome: Outcome, user: Any) -> StepForecast:
    refusals = [
        (get_reason_sentence(code, kind), len(ids), _join_names(kind, ids, user))
        for code, ids in outcome.refused.items()
    ]
    if outcome.hidden:
        refusals.append((get_reason_sentence("hidden", kind), outcome.hidden, ""))
    return StepForecast(words, is_wait, len(outcome.changed), len(outcome.unchanged), refusals)


def _join_names(kind: Kind, ids: list[int], user: Any) -> str:
    rows = kind.model.objects.filter(pk__any=ids[:EXAMPLES_OF_REFUSED]).visible_to(user)
    return ", ".join(str(record) for record in rows.order_by("pk"))
