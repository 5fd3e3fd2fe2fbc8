"""What the steps of an automation can do: each action is a bulk action or a verb of the record type, with its form and its judgement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from automations.definition.action_forms import (
    START_FORMS,
    STOP_FORMS,
    EmailForm,
    NotifyForm,
    PlannedTaskForm,
    WebhookForm,
    build_email_verb,
    build_notify_verb,
    build_start_sequence_verb,
    build_stop_sequence_verb,
    build_task_verb,
    build_webhook_verb,
)
from automations.definition.wait_step import WaitForm, build_wait_verb
from automations.models import AutomationStep
from automations.models.automation import WAIT
from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.bulk_actions import BulkAction
from crm.records.history.verb_execution import Verb
from crm.records.kinds.kind_registry import Kind
from mailings.content.merge_fields import KINDS_OF_RECIPIENTS


@dataclass(frozen=True)
class ActionType:
    """`bulk` are the names of the bulk actions that do it, of which a record type has one at most; without any, `form` and `verb` are its own.
    `forms` are those of the record types that have different ones, by their names."""

    code: str
    label: str | Promise
    icon: str
    bulk: tuple[str, ...] = ()
    form: type[Form] | None = None
    forms: Mapping[str, type[Form]] = field(default_factory=dict, hash=False)
    verb: Callable[[dict[str, Any], Any], Verb] | None = None
    # The permission for the records without a bulk action, and the record types that it is for, all if there are none.
    right: str = "change"
    tables: tuple[str, ...] = ()

    def get_bulk_action(self, kind: Kind) -> BulkAction | None:
        return next((found for name in self.bulk if (found := kind.get_action(name))), None)

    def is_offered_for(self, kind: Kind) -> bool:
        if self.tables and kind.name not in self.tables:
            return False
        return self._find_form(kind) is not None

    def _find_form(self, kind: Kind) -> type[Form] | None:
        bulk = self.get_bulk_action(kind)
        return bulk.form if bulk else self.forms.get(kind.name, self.form)

    def build_form(
        self, kind: Kind, values: dict[str, Any] | None, user: Any, *, prefix: str | None = None
    ) -> Any:
        """The form of the action, bound to the values of a step, or unbound without any. A choice that its user may not make isn't
        offered. With a prefix, the values have it too."""
        form: Any = self._find_form(kind)
        return form(None if values is None else build_form_data(values), user=user, prefix=prefix)

    def build_verb(self, kind: Kind, cleaned: dict[str, Any], user: Any) -> Verb:
        bulk = self.get_bulk_action(kind)
        build: Any = bulk.verb if bulk else self.verb
        return build(cleaned, user)


def build_form_data(values: dict[str, Any]) -> MultiValueDict:
    """Stored values as a form reads them."""
    return MultiValueDict(
        {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    )


def get_sent_values(form: Any) -> dict[str, Any]:
    """The values of a bound form as a step stores them: texts, and lists where several were sent, without the form's prefix."""
    found = {}
    for name in form.data:
        own = name.removeprefix(f"{form.prefix}-") if form.prefix else name
        if (form.prefix and own == name) or own == "asked":
            continue
        if any(own == known or own.startswith(f"{known}_") for known in form.fields):
            values = form.data.getlist(name)
            found[own] = values[0] if len(values) == 1 else values
    return found


ACTIONS = {
    found.code: found
    for found in (
        ActionType("set", _("Set a field"), "edit", ("set",)),
        ActionType("move", _("Change the status"), "flag", ("status", "state")),
        ActionType("assign", _("Assign"), "person", ("assign",)),
        ActionType("add_task", _("Add a task"), "check", form=PlannedTaskForm, verb=build_task_verb),
        ActionType("add_note", _("Add a note"), "note", ("add_note",)),
        ActionType("tag", _("Add tags"), "tag", ("tag",)),
        ActionType("untag", _("Remove tags"), "tag", ("untag",)),
        ActionType("convert", _("Convert"), "company", ("convert",)),
        ActionType(
            "send_email",
            _("Send an email"),
            "mail",
            form=EmailForm,
            verb=build_email_verb,
            tables=KINDS_OF_RECIPIENTS,
        ),
        ActionType(
            "start_sequence",
            _("Start a sequence"),
            "sequence",
            forms=START_FORMS,
            verb=build_start_sequence_verb,
        ),
        ActionType(
            "stop_sequence",
            _("Stop the sequence"),
            "sequence",
            forms=STOP_FORMS,
            verb=build_stop_sequence_verb,
        ),
        ActionType(
            "notify", _("Notify people"), "bell", form=NotifyForm, verb=build_notify_verb, right="view"
        ),
        ActionType(
            "webhook", _("Call a webhook"), "bolt", form=WebhookForm, verb=build_webhook_verb, right="view"
        ),
        ActionType(WAIT, _("Wait"), "clock", form=WaitForm, verb=build_wait_verb, right="view"),
    )
}


def get_actions_for(kind: Kind) -> list[ActionType]:
    return [found for found in ACTIONS.values() if found.is_offered_for(kind)]


def get_step_right(kind: Kind, step: AutomationStep) -> str:
    """The permission that a step requires of its user."""
    action = ACTIONS.get(step.action)
    bulk = action.get_bulk_action(kind) if action else None
    return kind.get_right(bulk.right if bulk else action.right if action else "change")


class UnusableStep(Exception):
    """A step whose values name something that is gone, or that its user may not choose any more; the text says what."""


def build_step_verb(kind: Kind, step: AutomationStep, user: Any) -> Verb:
    """The verb of a step, with the permissions that the user has now. Raises UnusableStep."""
    action = ACTIONS.get(step.action)
    if action is None or not action.is_offered_for(kind):
        raise UnusableStep(step.action)
    form = action.build_form(kind, step.values, user)
    if not form.is_valid():
        raise UnusableStep(" ".join(text for texts in form.errors.values() for text in texts))
    return action.build_verb(kind, form.cleaned_data, user)
