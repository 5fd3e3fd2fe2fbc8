"""When a lead was last touched, and which open leads have been untouched for days: one definition for reports and lists.

An activity touches a lead, and so does an edit in the app. A bulk change only does if the owner of the lead made it, because nobody
has looked at each of ten thousand leads that a colleague tags. Imports, programs and automatic changes touch nothing. Until it is
touched, a lead waits since it was added or, if that is later, since it was given to its present owner.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.fields.conditions.field_filters import AnyOf
from leads.models import Status
from reports.engine.progress_derivation import get_progress_rows

UNTOUCHED = "untouched"
# After how many days lists and reports show a lead as untouched.
DAYS = (3, 7, 14, 30)
OPEN = Q(status__kind__in=Status.OPEN)


def build_untouched_condition(days: int) -> Q:
    """The progress of the open leads that no one has touched for so many times 24 hours."""
    return OPEN & Q(touched_at__lte=Now() - timedelta(days=days))


def _build_list_condition(values: Sequence[str], _user: Any) -> Q:
    """Of several numbers of days, the smallest one has the leads of the others."""
    rows, _as_of = get_progress_rows()
    return Q(pk__in=rows.filter(build_untouched_condition(min(map(int, values)))).values("lead"))


def _get_choices(_user: Any) -> list[tuple[str, Any]]:
    return [(str(days), ngettext("%(days)s day", "%(days)s days", days) % {"days": days}) for days in DAYS]


UNTOUCHED_FILTER = AnyOf(
    label=_("untouched for"),
    choices=_get_choices,
    condition=_build_list_condition,
    known=[str(days) for days in DAYS],
)
