"""Which leads of a status break its new rules. They stay where they are: the preview of the change links to them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from leads.models import Status
from leads.settings.usage import build_usage_condition
from leads.statuses.reference_tables import get_field_label
from leads.statuses.status_contract import build_empty_condition


@dataclass(frozen=True)
class BrokenRule:
    """What the leads break, in a sentence; the URL of the list that shows them, or ''."""

    sentence: str
    address: str


def get_broken_leads(status: Status, required: list[str]) -> list[BrokenRule]:
    """The leads in the status that have one of these fields empty, field by field."""
    model: Any = status.pipeline.kind.model
    rows = model.objects.present().filter(build_usage_condition("status", status.pk))
    found = []
    for name in required:
        if count := rows.filter(build_empty_condition(name, model)).count():
            sentence = _(
                "In this status without %(field)s: %(records)s. They stay, and the field is required for the next move."
            )
            records = status.pipeline.kind.words.counted(count)
            said = sentence % {"records": records, "field": get_field_label(name, model)}
            found.append(BrokenRule(said, get_list_url(status, name)))
    return found


def get_list_url(status: Status, name: str) -> str:
    kind = status.pipeline.kind
    condition = f"{name}.empty=yes" if name in kind.fields.CONDITIONS else f"{name}=none"
    return f"{kind.list_url}?status={status.pk}&{condition}"
