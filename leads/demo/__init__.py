"""The leads of the demo company."""

from crm.platform.configuration.environment import Say
from crm.platform.server.demo import DemoPart


def _empty() -> bool:
    from leads.models import Lead

    return not Lead.objects.exists()


def _grow(total: int, say: Say) -> int:
    from leads.demo.generation import grow_leads
    from leads.demo.saved_views import share_views

    share_views()
    return grow_leads(total, say=say)


def _first_day() -> None:
    from leads.demo.todays_changes import hand_out

    hand_out()


PART = DemoPart(empty=_empty, grow=_grow, first_day=_first_day)
