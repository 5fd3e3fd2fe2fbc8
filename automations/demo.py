"""The automations of the demo company: one that is on, and one to try out."""

from accounts.models import User
from automations.examples import EXAMPLES, get_example
from automations.models import Automation
from crm.models import Operation
from crm.platform.configuration.environment import Say
from crm.records.history.verb_execution import operation


def add_automations(total: int, say: Say) -> None:
    """Once: a company that has automations keeps them."""
    if Automation.objects.exists():
        return
    owner = User.objects.get(email="admin@demo.example")
    found = [get_example(code, owner) for code in EXAMPLES]
    rows = [row for row in found if row][:2]
    for place, row in enumerate(rows):
        row.position, row.turned_on = place, place == 0
    with operation("install", by=None, channel=Operation.Channel.SYSTEM):
        Automation.objects.bulk_create(rows)
