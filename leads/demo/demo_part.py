"""The part of the demo company that leads contribute."""

from crm.platform.configuration.environment import Say
from crm.platform.server.demo import DemoPart
from leads.demo.generation import grow_leads
from leads.demo.saved_views import share_views
from leads.demo.todays_changes import assign_newest_leads
from leads.models import Lead


def _is_empty() -> bool:
    return not Lead.objects.exists()


def _grow(total: int, say: Say) -> int:
    share_views()
    return grow_leads(total, say=say)


PART = DemoPart(empty=_is_empty, grow=_grow, first_day=assign_newest_leads)
