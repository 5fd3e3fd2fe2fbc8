"""The steps of an automation in its form: each with the fields of its action, and buttons that add, move and remove steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from automations.definition.action_types import ACTIONS, ActionType, get_actions_for, get_sent_values
from automations.models import AutomationStep
from automations.models.automation import MOST_STEPS
from crm.records.editing.step_order import SentStep, build_step_prefix, get_sent_steps
from crm.records.kinds.kind_registry import Kind


@dataclass
class StepRow:
    """A step on the page; `number` stays the same when it is moved."""

    number: int
    action: ActionType
    form: Any

    @property
    def key(self) -> str:
        return f"{self.number}-{self.action.code}"

    @property
    def label(self) -> Any:
        return self.action.label


class StepForms:
    """The steps as they were sent or, without data, as the automation has them. `act` is a button
    (crm/records/editing/step_order.py)."""

    def __init__(
        self, kind: Kind, viewer: Any, steps: Sequence[AutomationStep], data: QueryDict | None, act: str = ""
    ) -> None:
        self.kind, self.viewer, self.actions = kind, viewer, get_actions_for(kind)
        self.is_bound = data is not None and not act
        if data is None:
            given = [SentStep(number, step.action, step.values) for number, step in enumerate(steps)]
        else:
            given = get_sent_steps(data, act, ACTIONS, most=MOST_STEPS)
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
        prefix = build_step_prefix(number)
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
