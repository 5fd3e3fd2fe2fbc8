"""Which leads of a status break its new rules. They stay where they are: the preview of the change links to them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from leads.models import Status
from leads.settings.usage import having
from leads.statuses.contract import empty
from leads.statuses.reference_tables import field_label


@dataclass(frozen=True)
class Broken:
    """What the leads break, in a sentence; the URL of the list that shows them, or ''."""

    sentence: str
    address: str


def broken_by(status: Status, required: list[str]) -> list[Broken]:
    """The leads in the status that have one of these fields empty, field by field."""
    model: Any = status.pipeline.kind.model
    rows = model.objects.present().filter(having("status", status.pk))
    found = []
    for name in required:
        if count := rows.filter(empty(name, model)).count():
            sentence = _(
                "In this status without %(field)s: %(records)s. They stay, and the field is required for the next move."
            )
            records = status.pipeline.kind.words.counted(count)
            said = sentence % {"records": records, "field": field_label(name, model)}
            found.append(Broken(said, address_of(status, name)))
    return found


def address_of(status: Status, name: str) -> str:
    kind = status.pipeline.kind
    condition = f"{name}.empty=yes" if name in kind.fields.CONDITIONS else f"{name}=none"
    return f"{kind.list_url}?status={status.pk}&{condition}"
