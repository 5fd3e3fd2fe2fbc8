"""How long stays were, in seven groups."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Case, F, IntegerField, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User

# The days below which a stay belongs to each group but the last.
ENDS = (1, 3, 7, 14, 30, 90)


def build_length_expression(first: str, last: str) -> Any:
    """The place of the group, from 0 on; None while the stay goes on."""
    groups = [
        When(**{f"{last}__lt": F(first) + timedelta(end)}, then=Value(place))
        for place, end in enumerate(ENDS)
    ]
    return Case(
        When(**{f"{last}__isnull": True}, then=Value(None)),
        *groups,
        default=Value(len(ENDS)),
        output_field=IntegerField(),
    )


def get_length_labels(keys: Sequence[Any], viewer: User) -> dict[int, str]:
    found = {0: _("under 1 day"), len(ENDS): _("90 days and over")}
    for place, (first, last) in enumerate(pairwise(ENDS), 1):
        words = ngettext("%(first)s to %(last)s day", "%(first)s to %(last)s days", last)
        found[place] = words % {"first": first, "last": last}
    return found
