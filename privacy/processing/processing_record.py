"""The record of processing as sections of lines: what an administrator has written, and what Leadwell knows about itself.

Nothing is invented: what can't be known is a text that says "Not filled in yet" until someone writes it.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy.models import ProcessingTexts, RetentionRule
from privacy.processing.data_categories import persons, stored_data
from privacy.processing.data_recipients import recipients
from privacy.processing.security_measures import measures
from privacy.retention.other_deletions import elsewhere, settable


@dataclass(frozen=True)
class Line:
    """`is_missing` if an administrator has to write it."""

    label: str
    text: str
    is_missing: bool = False


@dataclass(frozen=True)
class Section:
    title: str
    lines: list[Line]


def sections(viewer: Any) -> list[Section]:
    texts = ProcessingTexts.current()
    return [
        Section(_("Controller"), _written(texts, "company", "contact", "officer")),
        Section(_("Purposes"), _written(texts, "purposes", "basis")),
        Section(_("Categories of persons"), [*_lines(persons()), *_written(texts, "persons")]),
        Section(_("Categories of data"), _lines(stored_data(texts.sensitive))),
        Section(_("Recipients"), [*_lines(recipients(viewer)), *_written(texts, "recipients")]),
        Section(_("Transfers to third countries"), _written(texts, "transfers")),
        Section(_("Retention"), _lines(_periods())),
        Section(_("Security measures"), [*_lines(measures()), *_written(texts, "measures")]),
    ]


def _written(texts: ProcessingTexts, *names: str) -> list[Line]:
    lines = []
    for name in names:
        text = getattr(texts, name).strip()
        field: Any = ProcessingTexts._meta.get_field(name)
        label = str(capfirst(field.verbose_name))
        lines.append(Line(label, text or _("Not filled in yet"), is_missing=not text))
    return lines


def _lines(pairs: list[tuple[Any, str]]) -> list[Line]:
    return [Line(str(capfirst(str(label))), text) for label, text in pairs]


def _periods() -> list[tuple[Any, str]]:
    rules = list(RetentionRule.objects.active().in_order())
    found = [(_("Leads in the status %(status)s") % {"status": rule.label}, _months(rule)) for rule in rules]
    if not rules:
        found.append((_("Leads"), _("until someone deletes them; there are no retention rules")))
    found += [(kept.label, kept.time) for kept in settable()]
    return [*found, *((kept.label, kept.time or str(kept.where)) for kept in elsewhere())]


def _months(rule: RetentionRule) -> str:
    number = rule.months
    if rule.erases:
        words = ngettext(
            "person erased %(number)s month after the last activity",
            "person erased %(number)s months after the last activity",
            number,
        )
        return words % {"number": number}
    words = ngettext(
        "deleted %(number)s month after the last activity",
        "deleted %(number)s months after the last activity",
        number,
    )
    return words % {"number": number}
