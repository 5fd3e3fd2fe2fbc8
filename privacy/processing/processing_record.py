"""The record of processing as sections of lines: what an administrator has written, and what Leadwell knows about itself.

Nothing is invented: what can't be known is a text that says "Not filled in yet" until someone writes it.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from privacy.models import ProcessingTexts, RetentionRule
from privacy.processing.data_categories import describe_stored_data, get_person_categories
from privacy.processing.data_recipients import get_data_recipients
from privacy.processing.security_measures import get_security_measures
from privacy.retention.deletion_periods import get_deletion_periods, get_settable_periods


@dataclass(frozen=True)
class RecordLine:
    """`is_missing` if an administrator has to write it."""

    label: str
    text: str
    is_missing: bool = False


@dataclass(frozen=True)
class ProcessingSection:
    title: str
    lines: list[RecordLine]


def build_processing_sections(viewer: User) -> list[ProcessingSection]:
    texts = ProcessingTexts.get_current()
    return [
        ProcessingSection(_("Controller"), _build_written_lines(texts, "company", "contact", "officer")),
        ProcessingSection(_("Purposes"), _build_written_lines(texts, "purposes", "basis")),
        ProcessingSection(
            _("Categories of persons"),
            [*_build_lines(get_person_categories()), *_build_written_lines(texts, "persons")],
        ),
        ProcessingSection(_("Categories of data"), _build_lines(describe_stored_data(texts.sensitive))),
        ProcessingSection(
            _("Recipients"),
            [*_build_lines(get_data_recipients(viewer)), *_build_written_lines(texts, "recipients")],
        ),
        ProcessingSection(_("Transfers to third countries"), _build_written_lines(texts, "transfers")),
        ProcessingSection(_("Retention"), _build_lines(_get_periods())),
        ProcessingSection(
            _("Security measures"),
            [*_build_lines(get_security_measures()), *_build_written_lines(texts, "measures")],
        ),
    ]


def _build_written_lines(texts: ProcessingTexts, *names: str) -> list[RecordLine]:
    lines = []
    for name in names:
        text = getattr(texts, name).strip()
        field: Any = ProcessingTexts._meta.get_field(name)
        label = str(capfirst(field.verbose_name))
        lines.append(RecordLine(label, text or _("Not filled in yet"), is_missing=not text))
    return lines


def _build_lines(pairs: list[tuple[Any, str]]) -> list[RecordLine]:
    return [RecordLine(str(capfirst(str(label))), text) for label, text in pairs]


def _get_periods() -> list[tuple[Any, str]]:
    rules = list(RetentionRule.objects.active().in_order())
    found = [
        (_("Leads in the status %(status)s") % {"status": rule.label}, _format_months(rule)) for rule in rules
    ]
    if not rules:
        found.append((_("Leads"), _("until someone deletes them; there are no retention rules")))
    found += [(kept.label, kept.time) for kept in get_settable_periods()]
    return [*found, *((kept.label, kept.time or str(kept.where)) for kept in get_deletion_periods())]


def _format_months(rule: RetentionRule) -> str:
    """A rule that does nothing yet says so."""
    waits = rule.waits_for_confirmation or (rule.erases and not rule.is_confirmed)
    words = _format_confirmed_months(rule)
    return _("%(period)s, once an administrator confirms the rule") % {"period": words} if waits else words


def _format_confirmed_months(rule: RetentionRule) -> str:
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
