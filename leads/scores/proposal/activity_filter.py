"""The leads behind a fact about activities, as a filter of the list that only the page of a proposal sets."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.fields.conditions.field_filters import AnyOf
from leads.models import ScoreRule
from leads.scores.counted_activities import COUNTED, build_had_activity

HAD_ACTIVITY = "had_activity"
Counts = ScoreRule.Counts


class _SetByLinks(AnyOf):
    only_in_links = True


def _build_condition(values: Sequence[str], _user: Any) -> Q:
    return reduce(or_, [Q(build_had_activity(Counts(value))) for value in values])


HAD_ACTIVITY_FILTER = _SetByLinks(
    label=_("before its present status"),
    choices=lambda _user: [(counts.value, counts.label) for counts in COUNTED],
    condition=_build_condition,
    known=[counts.value for counts in COUNTED],
)
