"""The worker's tasks for people: emails with a link, reassigning many records, deleting old notifications."""

from datetime import date

from axes.models import AccessAttempt
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.authentication.guess_rules import LONGEST_MEMORY
from accounts.company.demo_removal import remove_demo
from accounts.models import AccountChange, SpentNonce, User
from accounts.reminders.reminder_emails import build_task_due_email, build_tasks_of_day_email
from accounts.users.deactivation import Heirs, count_open_records, reassign_open_records
from accounts.users.owned_objects import get_not_reassigned_sentence
from crm.models import Job, Notification, Operation
from crm.platform.jobs import JobProblem, register_job_kind
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.models.operation import REMOVE_DEMO
from crm.platform.web.start_page.setup_steps import RIGHT
from crm.records.kinds.kind_registry import KINDS

# If a mail server doesn't respond, it is tried again after 4 s, 16 s, and about 1, 4 and 17 minutes.
MAIL_RETRIES = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(queue="work", name="mail_link", retry=MAIL_RETRIES)
def mail_link(user_id: int, by_id: int | None = None) -> None:
    """Send a user a password link. The link is created here, so the queue never contains one."""
    # The module that writes this email also queues the task.
    from accounts.authentication.password_links import build_password_email

    user = User.objects.active().filter(pk=user_id).first()
    if user:
        build_password_email(user, User.objects.filter(pk=by_id).first() if by_id else None).send()


@app.task(queue="work", name="mail_account_change", retry=MAIL_RETRIES)
def mail_account_change(change_id: int) -> None:
    """Notify a user of an account change; if their email changed, also at the previous one."""
    # The module that writes this email also queues the task that sends a link.
    from accounts.authentication.password_links import build_account_change_email

    change = AccountChange.objects.select_related("user", "by").filter(pk=change_id).first()
    if change and change.user.is_active:
        build_account_change_email(change).send()


@app.task(queue="work", name="mail_tasks_of_day", retry=MAIL_RETRIES)
def mail_tasks_of_day(user_id: int, of_id: int, day: str) -> None:
    """Send a user the tasks of a day, their own or those of a user they stand in for, as they are now."""
    user, of = User.objects.active().with_rights().filter(pk=user_id).first(), User.objects.get(pk=of_id)
    mail = build_tasks_of_day_email(user, of, date.fromisoformat(day)) if user else None
    if mail:
        mail.send()


@app.task(queue="work", name="mail_task_due", retry=MAIL_RETRIES)
def mail_task_due(user_id: int, task_id: int) -> None:
    """Remind a user of a task, unless it has been completed or is out of sight since."""
    user = User.objects.active().with_rights().filter(pk=user_id).first()
    mail = build_task_due_email(user, task_id) if user else None
    if mail:
        mail.send()


@every_hour
def delete_old_sign_in_attempts() -> int:
    """Guesses that no rule remembers."""
    return AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - LONGEST_MEMORY).delete()[0]


@every_hour
def delete_old_notifications() -> int:
    return Notification.objects.read_long_ago().delete()[0]


@every_hour
def delete_spent_nonces() -> int:
    return SpentNonce.objects.over().delete()[0]


def _describe_reassignment(arguments: dict) -> str:
    leaving = User.objects.filter(pk=arguments.get("user")).first()
    return _("Reassigning %(name)s’s records") % {"name": leaving.name if leaving else _("a former user")}


@register_job_kind("hand_over", _describe_reassignment)
def run_reassignment_job(job: Job, progress) -> Operation | None:
    """Reassign the open records of a deactivated user. A second run finds none."""
    leaving = User.objects.get(pk=job.arguments["user"])
    heirs = Heirs.from_arguments(job.arguments)
    if leaving.is_active:
        raise JobProblem(
            _("%(name)s has been reactivated, so no records were reassigned.") % {"name": leaving.name}
        )
    if any(not user.is_active for user in heirs.users):
        raise JobProblem(_("One of the new owners is no longer active. Choose another owner."))
    if reason := get_not_reassigned_sentence(leaving, sum(count_open_records(leaving, job.user).values())):
        raise JobProblem(reason)
    return reassign_open_records(leaving, heirs, by=job.user, progress=progress)


@register_job_kind(REMOVE_DEMO, lambda arguments: _("Remove the demo"), long=True)
def run_demo_removal_job(job: Job, progress) -> Operation | None:
    """If it runs twice, the second run finds no records."""
    by = User.objects.active().with_rights().filter(pk=job.user_id).first()
    if by is None or not by.has_perms([RIGHT, *(kind.get_right("delete") for kind in KINDS.values())]):
        raise JobProblem(_("You no longer have permission to remove the demo. Nothing was changed."))
    return remove_demo(by, progress)
