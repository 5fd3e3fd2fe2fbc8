"""What the tests of the daily queue share: the forms of its page, and everything that an outcome can change."""

import re
from datetime import timedelta

from django.utils import timezone

from crm.models import Activity, Task
from leads.models import Lead, QueueStep

PAGE = "/admin/leads/queue"
TODAY, TOMORROW = timedelta(), timedelta(days=1)


def day(away: timedelta):
    return timezone.localdate() + away


def seen(browser, lead) -> str:
    text = browser.get(f"{PAGE}?lead={lead.pk}").text
    assert f"{PAGE}/{lead.pk}/outcome" in text
    return re.search(r'name="seen" value="([^"]+)"', text)[1]


def decide(browser, lead, outcome: str, **values):
    data = {"outcome": outcome, "seen": values.pop("seen", None) or seen(browser, lead), **values}
    return browser.post(f"{PAGE}/{lead.pk}/outcome", data)


def everything() -> dict:
    """All that an outcome can change, without what an undo leaves increased."""
    leads = Lead.objects.order_by("pk").values(
        "pk", "status", "status_since", "owner", "lost_reason", "lost_remark", "next_action", "next_action_on",
        "first_contacted_at", "last_contacted_at", "assigned_at", "country", "contact_due_at",
    )  # fmt: skip
    tasks = (
        Task.objects.present().order_by("pk").values("pk", "title", "due_on", "due_time", "done_at", "user")
    )
    activities = Activity.objects.present().order_by("pk").values("pk", "type", "outcome", "text")
    return {
        "leads": list(leads),
        "tasks": list(tasks),
        "activities": list(activities),
        "steps": list(QueueStep.objects.values("lead", "outcome")),
    }
