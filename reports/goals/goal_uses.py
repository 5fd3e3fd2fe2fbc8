"""How many goals of this month and later are of a user or a department: the pages that deactivate or retire them say so."""

from typing import Any

from django.utils.translation import ngettext

from accounts.models import Department, User
from crm.records.kinds.record_uses import Uses
from reports.goals.goal_month import get_current_month
from reports.models import Goal


def find_goals_using(record: Any, viewer: User) -> list[Uses]:
    """They stay, with their numbers, but new ones can't be set."""
    if isinstance(record, User):
        goals = Goal.objects.of_owner(record.pk, None)
    elif isinstance(record, Department):
        goals = Goal.objects.of_owner(None, record.pk)
    else:
        return []
    count = goals.from_month(get_current_month().first).count()
    words = ngettext(
        "%(number)s goal of this month or later stays as it is",
        "%(number)s goals of this month or later stay as they are",
        count,
    )
    return [Uses(words % {"number": count})] if count else []
