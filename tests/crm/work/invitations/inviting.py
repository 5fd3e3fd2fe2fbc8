"""Inviting people to a meeting with a lead, and letting the worker send the emails."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Activity
from crm.work.invitations.invitation_sending import send_invitation
from tests.calendar_files import properties_of


def in_days(number: int) -> datetime:
    """At ten o'clock UTC, so many days from now."""
    return timezone.now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=number)


def planned(**values) -> dict:
    """What the form of a meeting sends."""
    at = timezone.localtime(values.pop("at", None) or in_days(7))
    meeting = {
        "type": "meeting",
        "subject": "The offer",
        "at": f"{at:%Y-%m-%dT%H:%M}",
        "minutes": "45",
        "invite": "on",
        "invited": "jan@example.cz",
    }
    return {name: value for name, value in (meeting | values).items() if value is not None}


def plan(browser, lead, **values):
    return browser.post(f"/admin/leads/{lead.pk}/activities", planned(**values), follow=True)


def edit(browser, meeting: Activity, **values):
    """Like the form on the meeting's page, which has everything that the meeting has."""
    meeting.refresh_from_db()
    now = {"subject": meeting.subject, "invited": meeting.invited, "minutes": meeting.minutes or ""}
    now |= {"text": meeting.text, "place": meeting.place, "at": meeting.at, "version": meeting.version}
    path = f"/admin/leads/{meeting.record}/activities/{meeting.pk}"
    return browser.post(path, planned(type=None, **(now | values)), follow=True)


def work() -> None:
    """Let the worker do what is queued."""
    for job in ProcrastinateJob.objects.filter(task_name="send_invitation").order_by("id"):
        send_invitation(**job.args)


def event_in(letter) -> dict[str, str]:
    """The properties of the calendar file in an email, "METHOD" among them; of several attendees, all addresses."""
    read = message_from_bytes(letter.message().as_bytes(), policy=default)
    (part,) = [part for part in read.walk() if part.get_content_type() == "text/calendar"]
    found: dict[str, str] = {}
    for each in properties_of(part.get_content()):
        found[each.name] = (
            f"{found[each.name]} {each.value}" if each.name == "ATTENDEE" in found else each.value
        )
    found["method of the part"] = part.get_param("method")
    return found


def sent() -> list[tuple[str, str, str]]:
    """Of each email: its method, sequence, and to whom it went."""
    found = [(event_in(letter), letter) for letter in mail.outbox]
    return [(event["METHOD"], event["SEQUENCE"], " ".join(letter.to)) for event, letter in found]
