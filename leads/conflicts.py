"""Edits that cross: what a form was drawn from, and which of the sent fields somebody has changed since."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from crm.models import Change
from leads import fields, names
from leads.models import Lead


@dataclass(frozen=True)
class Crossing:
    """A field that both changed: its name, what stands there now, what was sent, and the other one's change."""

    name: str
    label: str
    theirs: Any
    mine: Any
    change: Change


def columns_of(name: str) -> list[str]:
    """The database columns behind a field of a form."""
    by_name = {field.name: str(field.column) for field in Lead._meta.concrete_fields}
    return [by_name[part] for part in fields.PARTS.get(name, [name]) if part in by_name]


def as_drawn(lead: Lead, version: int) -> Lead:
    """A copy of the lead as it was at that version: what the form showed when it was opened."""
    drawn = Lead.objects.get(pk=lead.pk)
    by_column = {field.column: field for field in Lead._meta.local_concrete_fields}
    for change in Change.objects.of_row("lead", lead.pk).since_version(version).order_by("-id"):
        for column, (old, _new) in change.diff.items():
            if column in by_column:
                setattr(drawn, by_column[column].attname, by_column[column].to_python(old))
    return drawn


def touched_since(lead: Lead, version: int) -> dict[str, Change]:
    """The last change of every column that was changed after that version."""
    touched = {}
    rows = (
        Change.objects.of_row("lead", lead.pk)
        .since_version(version)
        .select_related("operation__by")
        .order_by("id")
    )
    for change in rows:
        for column in change.diff:
            touched[column] = change
    return touched


def crossings(lead: Lead, version: int, sent: dict[str, Any], *, decided: int = 0) -> list[Crossing]:
    """The sent fields (name: cleaned value) that were changed since the version to something else.

    `decided` is the version up to which the user has seen the other values and chosen.
    """
    if version == lead.version:
        return []
    touched = touched_since(lead, version)
    found = []
    for name, mine in sent.items():
        change = next((touched[column] for column in columns_of(name) if column in touched), None)
        theirs = getattr(lead, name)
        if change is not None and change.version > decided and theirs != mine:
            found.append(Crossing(name, capfirst(names.field_label(name)), theirs, mine, change))
    return found
