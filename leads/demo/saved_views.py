"""The saved views of the demo company: the managers of each department share the same few."""

from accounts.models import Department, User
from crm.models import SavedView

OPEN = "kind=new&kind=contacted&kind=qualified&kind=proposal"
VIEWS = [
    ("Open leads", OPEN),
    ("My open leads", f"owner=me&{OPEN}"),
    ("Overdue", f"next_action=overdue&{OPEN}&sort=next_action"),
    ("Nobody's", f"owner=none&{OPEN}"),
    ("VIP", "vip=yes"),
]


def share_views() -> None:
    """Only once; a company that already has views keeps them as they are."""
    if SavedView.objects.exists():
        return
    for department in Department.objects.all():
        owner = (
            User.objects.filter(
                groups__role__key="manager", memberships__position=0, memberships__department=department
            )
            .order_by("pk")
            .first()
        )
        if owner:
            SavedView.objects.bulk_create(
                SavedView(owner=owner, name=name, query=query, department=department, position=place)
                for place, (name, query) in enumerate(VIEWS)
            )
