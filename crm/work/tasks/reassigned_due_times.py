"""What is said about tasks that another user gets, whose times become those of that user's clock (crm/work/tasks/due_time_conversion.py)."""

from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import ngettext

from crm.platform.configuration.company import get_company_time_zone
from crm.templatetags.look import number


def count_on_other_clocks(tasks: Any, heir: Any) -> int:
    """How many of these tasks have a time on the clock of a user in another time zone than the heir's."""
    if heir is None:
        return 0
    zone = Coalesce(NullIf(F("user__time_zone"), Value("")), Value(get_company_time_zone()))
    timed = tasks.filter(due_time__isnull=False, user__isnull=False)
    return timed.annotate(zone_of_user=zone).exclude(zone_of_user=str(heir.zone)).count()


def describe_same_moment_tasks(count: int, heir: Any) -> str:
    """'' for no tasks."""
    if not count:
        return ""
    words = ngettext(
        "%(number)s task with a time stays due at the same moment, on %(name)s’s clock (%(zone)s).",
        "%(number)s tasks with a time stay due at the same moment, on %(name)s’s clock (%(zone)s).",
        count,
    )
    return words % {"number": number(count), "name": heir.name, "zone": heir.zone}
