"""The retention rules of the demo company: turned off, so that they delete nothing of it."""

from crm.models import Operation
from crm.platform.configuration.environment import Say
from crm.platform.server.demo import DemoPart
from crm.records.history.verb_execution import operation
from leads.models import Status
from privacy.models import RetentionRule

# By the key of a status: after how many months.
MONTHS = {"lost": 36, "disqualified": 24}


def add_retention_rules(total: int, say: Say) -> None:
    """Once: a company that has rules keeps them."""
    if not RetentionRule.objects.exists():
        with operation("install", by=None, channel=Operation.Channel.SYSTEM):
            RetentionRule.objects.bulk_create(
                RetentionRule(status=status, months=MONTHS[status.key], is_active=False)
                for status in Status.objects.of_leads().filter(key__in=MONTHS).order_by("pk")
            )


PART = DemoPart(grow=add_retention_rules)
