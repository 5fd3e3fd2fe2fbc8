"""The steps of an automation in its form: each with the fields of its action, and buttons that add, move and remove steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from automations.definition.action_types import ACTIONS, ActionType, get_actions_for, get_sent_values
from automations.models import AutomationStep
from automations.models.automation import MOST_STEPS
from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import Kind

# The hidden field of each step in their order: its number, which is in the names of its fields, and its action.
ORDER = "step"
# The choice of the action that is added, and the button that adds it.
NEW, ADD = "new_step", "add"


@dataclass
class StepRow:
    """A step on the page; `number` stays the same when it is moved."""

    number: int
    action: ActionType
    form: Any

    @property
    def key(self) -> str:
        return f"{self.number}-{self.action.code}"


class StepForms:
    """The steps as they were sent or, without data, as the automation has them. `act` is a button: "add", or "up-3", "down-3",
    "remove-3" for the step with that number."""

    def __init__(
        self, kind: Kind, viewer: Any, steps: Sequence[AutomationStep], data: QueryDict | None, act: str = ""
    ) -> None:
        self.kind, self.viewer, self.actions = kind, viewer, get_actions_for(kind)
        self.is_bound = data is not None and not act
        if data is None:
            given = [(number, step.action, step.values) for number, step in enumerate(steps)]
        else:
            given = _apply_act(list(_read_sent_steps(data)), act, data)
        offered = {action.code for action in self.actions}
        self.rows = [
            StepRow(number, ACTIONS[code], self._build_form(number, ACTIONS[code], values))
            for number, code, values in given[:MOST_STEPS]
            if code in offered
        ]

    @property
    def may_add(self) -> bool:
        return len(self.rows) < MOST_STEPS

    def _build_form(self, number: int, action: ActionType, values: dict[str, Any]) -> Any:
        prefix = f"s{number}"
        sent = {f"{prefix}-{name}": value for name, value in values.items()}
        form = action.build_form(self.kind, sent, self.viewer, prefix=prefix)
        form.unmarked = True
        for field in form.fields.values():
            field.widget.attrs.pop("autofocus", None)
        if action.code == "set":
            form.fields["field"].widget.attrs["data-asks-again"] = True
        if not self.is_bound:
            form.is_bound = False
            form.initial = {**form.initial, **values}
        return form

    def is_valid(self) -> bool:
        return all(row.form.is_bound and row.form.is_valid() for row in self.rows)

    def get_stored_steps(self) -> list[dict[str, Any]]:
        return [AutomationStep(row.action.code, get_sent_values(row.form)).as_json for row in self.rows]


Given = tuple[int, str, dict[str, Any]]


def _read_sent_steps(data: QueryDict) -> Iterator[Given]:
    for key in data.getlist(ORDER)[:MOST_STEPS]:
        text, _dash, code = key.partition("-")
        number = parse_number(text, most=10_000)
        if number is not None and code in ACTIONS:
            prefix = f"s{number}-"
            names = [name for name in data if name.startswith(prefix)]
            values = {name.removeprefix(prefix): data.getlist(name) for name in names}
            yield number, code, {name: sent[0] if len(sent) == 1 else sent for name, sent in values.items()}


def _apply_act(steps: list[Given], act: str, data: QueryDict) -> list[Given]:
    verb, _dash, text = act.partition("-")
    if verb == ADD and (code := str(data.get(NEW, ""))) in ACTIONS:
        return [*steps, (max((number for number, *_rest in steps), default=-1) + 1, code, {})]
    place = next((place for place, one in enumerate(steps) if str(one[0]) == text), None)
    if place is None:
        return steps
    one = steps.pop(place)
    if verb in ("up", "down"):
        steps.insert(max(place - 1, 0) if verb == "up" else place + 1, one)
    elif verb != "remove":
        steps.insert(place, one)
    return steps
