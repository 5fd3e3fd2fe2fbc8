"""What a lead lacks since it came in by a web form, in sentences, until its fields have a value."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.custom.values.field_registry import get_custom_field, is_seen_by
from crm.fields.types.field_type import EMPTY_VALUES
from intake.forms.submissions.incomplete_leads import NEEDS, TAKEN, UNREAD, UNSHOWN, UNUSED
from leads.models import Lead
from leads.statuses.reference_tables import get_field_label

SENTENCES: dict[str, Promise] = {
    NEEDS: _("The form didn’t ask for these required fields: %(fields)s."),
    TAKEN: _("These fields stayed empty, because another lead already has the value: %(fields)s."),
    UNREAD: _("These fields stayed empty, because they didn’t accept the visitor’s answer: %(fields)s."),
    UNUSED: _(
        "The lead’s department doesn’t use these fields, so the visitor’s answers weren’t saved: %(fields)s."
    ),
    UNSHOWN: _(
        "These fields aren’t shown for this lead, so the visitor’s answers weren’t saved: %(fields)s."
    ),
}


def describe_gaps(codes: Iterable[str], lead: Any = None, user: User | None = None) -> list[str]:
    """One sentence for each kind of gap. With a lead, only its fields that are still empty and that the user may see."""
    found: dict[str, list[str]] = {}
    for code in codes:
        kind, _colon, name = code.partition(":")
        if kind in SENTENCES and _is_open(name, lead, user):
            found.setdefault(kind, []).append(get_field_label(name, Lead))
    return [str(SENTENCES[kind]) % {"fields": ", ".join(labels)} for kind, labels in found.items()]


def _is_open(name: str, lead: Any, user: User | None) -> bool:
    custom = get_custom_field(Lead.table, name)
    if custom and (custom.definition.retired or not is_seen_by(custom, user)):
        return False
    if custom is None and not hasattr(Lead, name):
        return False
    return lead is None or getattr(lead, name, None) in EMPTY_VALUES
