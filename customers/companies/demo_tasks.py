"""What the company manager and the administrator of the demo company have to do: a few tasks with their companies."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from crm.platform.configuration.environment import Say
from crm.records.history.verb_execution import carry_out
from crm.work.models.task import Task
from crm.work.tasks.verbs import AddTask
from customers.models import Company

# In how many days each task is due.
TASKS = [("Approve the discount", -1), ("Call about the contract", 0), ("Prepare the offer", 0)]
PEOPLE = ("company", "admin")


def add_company_tasks(total: int, say: Say) -> None:
    """Three each, once: those who own no leads have something to do too."""
    people = User.objects.with_rights().filter(email__in=[f"{name}@demo.example" for name in PEOPLE])
    for user in people:
        companies = Company.objects.present().changeable_by(user).own_of(user).order_by("pk")
        if Task.objects.of_records(Company.table, [company.pk for company in companies]).exists():
            continue
        for company, (title, days) in zip(companies[: len(TASKS)], TASKS, strict=False):
            due = timezone.localdate() + timedelta(days=days)
            task = {"title": title, "user": user, "due_on": due}
            carry_out(AddTask(by=user, task=task), Company.objects.filter(pk=company.pk), by=user)
