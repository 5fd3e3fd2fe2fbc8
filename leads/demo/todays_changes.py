"""What happened in the demo company today: a manager assigned some leads, so that there is something to undo."""

from accounts.models import User
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead

HANDED_OUT = 3


def assign_newest_leads() -> None:
    """Assign the newest unassigned leads of the manager's department to the sales rep with a demo account."""
    manager, rep = (
        User.objects.with_rights().get(email=f"{name}@demo.example") for name in ("manager", "rep")
    )
    rows = Lead.objects.present().changeable_by(manager).filter(owner=None)
    newest = list(rows.order_by("-created_at").values_list("pk", flat=True)[:HANDED_OUT])
    carry_out(verbs.Assign(rep), rows, by=manager, wanted=newest)
    hot = rows.model.objects.changeable_by(manager).filter(pk__in=newest[:1])
    carry_out(verbs.SetVip(True), hot, by=manager)
