"""Ready examples that fill the form of a new automation in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from automations.models import Automation
from leads.models import Status

Trigger = Automation.Trigger


@dataclass(frozen=True)
class Example:
    """`values` are those of the automation; none if the company has nothing that they need."""

    code: str
    label: str | Promise
    table: str
    values: Callable[[], dict[str, Any] | None]


def _build_step(action: str, **values: Any) -> dict[str, Any]:
    return {"action": action, "values": values}


def _call_vip_leads() -> dict[str, Any]:
    call = _build_step("add_task", title=str(_("Call")), days="1", type="call")
    return {"conditions": "vip=yes", "steps": [call]}


def _welcome_qualified_leads() -> dict[str, Any] | None:
    status = Status.objects.active().of_leads().of_kind(Status.Kind.QUALIFIED).in_order().first()
    if status is None:
        return None
    values = {"trigger": Trigger.STATUS_ENTERED, "trigger_values": {"status": status.pk}}
    return {**values, "steps": [_build_step("add_task", title=str(_("Send the offer")), days="2")]}


def _tell_new_owners() -> dict[str, Any]:
    values = {"trigger": Trigger.FIELD_CHANGED, "trigger_values": {"field": "owner"}}
    return {**values, "steps": [_build_step("notify", people=["owner"], text=str(_("New owner")))]}


EXAMPLES = {
    example.code: example
    for example in (
        Example("vip", _("A call to every new VIP lead within a working day"), "lead", _call_vip_leads),
        Example("qualified", _("The offer for every qualified lead"), "lead", _welcome_qualified_leads),
        Example("owner", _("Notify the owner of a deal that changes hands"), "deal", _tell_new_owners),
    )
}


def get_examples(user) -> list[Example]:
    """Those about records that the user may view and for which everything is there."""
    return [one for one in EXAMPLES.values() if get_example(one.code, user)]


def get_example(code: str, user) -> Automation | None:
    """A new automation with the values of an example; None for none."""
    example = EXAMPLES.get(code)
    values = example.values() if example else None
    if example is None or values is None:
        return None
    return Automation(name=str(example.label)[:60], table_of=example.table, owner=user, **values)
