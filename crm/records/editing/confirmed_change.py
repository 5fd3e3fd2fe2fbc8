"""A change of a setting that would break forms, mappings or rules says so, and is saved once it is confirmed."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.records.kinds.record_uses import Uses, get_uses

CONFIRMED = "confirmed"
# A hidden input of pages that have asked.
ASKED = "asked_to_confirm"


def add_confirmation_field(form: Any) -> None:
    """Add the question to a form of Settings; its page shows it once there is something to confirm."""
    form.used = []
    form.fields.setdefault(CONFIRMED, forms.BooleanField(label=_("Yes, save these changes"), required=False))


def check_planned_changes(
    form: Any, data: dict[str, Any], planned: Iterable[Any], *, said: Iterable[Uses] = ()
) -> None:
    """`form.used` are the uses of these planned changes (crm/records/kinds/record_uses.py) for the form's user, and what else is `said` about
    the change. Without errors of its own, the form then waits for the confirmation, which may be asked for other reasons too."""
    if set(form.errors) - {CONFIRMED}:
        return
    form.used = [*said, *(uses for change in planned for uses in get_uses(change, form.user))]
    if form.used and not data.get(CONFIRMED) and CONFIRMED not in form.errors:
        form.add_error(CONFIRMED, _now("This change affects other settings. Confirm it."))
