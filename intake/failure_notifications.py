"""Notifies those who may change a web form or an incoming webhook on the day on which it can't do its work."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from crm.models import Notification
from crm.platform.web.notifications import create_notification
from intake.models import IncomingCall, Submission

INCOMPLETE, FAILED, UNREAD_CALL = "web_form_incomplete", "web_form_failed", "incoming_webhook_attention"
# What an administrator can change; a webhook that is being set up has no mapping yet.
OF_SETTINGS = ("missing", "fault")


def get_administrators(row: Any) -> list[Any]:
    """Active users who may change a web form, an incoming webhook or another such row."""
    right = row.get_right("change")
    holding = User.objects.active().filter(groups__permissions__codename=right.partition(".")[2]).values("pk")
    people = User.objects.active().with_rights().filter(pk__in=holding)
    rows = type(row).objects.filter(pk=row.pk)
    return [user for user in people if user.has_perm(right) and rows.changeable_by(user).exists()]


def notify_of_submission(submission: Submission) -> None:
    """A lead that lacks something, or a form that added none."""
    form, codes = submission.form, submission.reasons
    if submission.state == Submission.State.FAILED:
        path = reverse("intake_forms:submissions", args=[form.pk])
        notify_once_a_day(form, FAILED, f"{path}?state=failed", form=form.name)
    elif submission.state == Submission.State.LEAD and codes:
        path = reverse("intake_forms:questions", args=[form.pk])
        notify_once_a_day(form, INCOMPLETE, path, form=form.name, codes=codes)


def notify_of_call(call: IncomingCall) -> None:
    """A call that added no record because the settings require more than it has."""
    codes = {problem.get("code") for problem in call.problems}
    if call.state == IncomingCall.State.ATTENTION and codes & {*OF_SETTINGS}:
        webhook = call.webhook
        path = reverse("incoming:webhook", args=[webhook.pk])
        notify_once_a_day(webhook, UNREAD_CALL, path, webhook=webhook.name)


def notify_once_a_day(row: Any, kind: str, path: str, **parameters: Any) -> None:
    """The first one of the day says it for the others."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for user in get_administrators(row):
        said = Notification.objects.of_user(user).filter(kind=kind, path=path, at__gte=today)
        if not said.exists():
            create_notification(user, kind, path=path, **parameters)
