"""Reminders of first contacts: one to the owner when little of the limit is left, one to the managers when it is over.

The worker looks every minute; whoever records a reminder first sends it. What becomes due in the same minute is one
notification and one email for each receiver, however many leads an import has added.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from accounts.reminders.task_reminders import Receiver, get_receivers
from crm.platform.configuration.company import get_company_language
from crm.platform.jobs.housekeeping import every_hour, every_minute
from crm.platform.web.notifications import create_notification, register_notice_kind
from leads.contact_due.deadlines import ContactState
from leads.jobs import mail_contacts_due
from leads.models import ContactReminder, Lead

# What is overdue for longer, such as leads that came with a date in the past, says nothing new.
LATEST = timedelta(days=3)
# An email names this many leads, and counts the others.
NAMED = 20
# Who assigns leads of a department can do something about an overdue one.
RIGHT = "leads.assign_lead"

CLAIM = """
    INSERT INTO leads_contactreminder (lead, late, moment, at)
    SELECT l.id, %(late)s, l.contact_due_at, %(now)s FROM accounts_department d
    JOIN leads_lead l ON l.department_id = d.id AND l.deleted_at IS NULL AND l.erased_at IS NULL
        AND l.contact_due_at > %(after)s
    WHERE CASE WHEN %(late)s THEN l.contact_due_at <= %(now)s
        ELSE l.contact_due_at > %(now)s AND l.contact_warning_at <= %(now)s AND l.owner_id IS NOT NULL END
    ORDER BY l.id
    ON CONFLICT (lead, late) DO UPDATE SET moment = excluded.moment, at = excluded.at
        WHERE leads_contactreminder.moment < excluded.moment
    RETURNING lead
"""


@every_minute
def remind_of_first_contacts(now: datetime | None = None) -> int:
    """Remind the owners. Returns how many notifications there were."""
    now = now or timezone.now()
    leads = _claim_leads(now, late=False)
    people = User.objects.active().with_rights().filter(pk__in={lead.owner_id for lead in leads})
    told = 0
    for receiver in get_receivers(people, timezone.localdate(now)):
        told += _notify_receiver(
            receiver, [lead for lead in leads if lead.owner_id == receiver.of.pk], late=False
        )
    return told


@every_minute
def notify_of_overdue_first_contacts(now: datetime | None = None) -> int:
    """Tell the managers of the departments. Returns how many notifications there were."""
    now = now or timezone.now()
    leads = _claim_leads(now, late=True)
    departments = {lead.department_id for lead in leads}
    told = 0
    for receiver in get_receivers(_get_managers(departments), timezone.localdate(now)):
        own = receiver.of.department_ids
        told += _notify_receiver(receiver, [lead for lead in leads if lead.department_id in own], late=True)
    return told


@every_hour
def delete_old_contact_reminders() -> int:
    return ContactReminder.objects.old().delete()[0]


def _claim_leads(now: datetime, *, late: bool) -> list[Lead]:
    """The leads that no one has been reminded of, the first one due first. They count as reminded of from now on."""
    after = now - LATEST if late else now
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "late": late, "after": after})
        ids = [pk for (pk,) in cursor.fetchall()]
    rows = Lead.objects.filter(pk__any=ids).order_by("contact_due_at", "pk")
    return list(rows.only("owner_id", "department_id", "contact_due_at"))


def _get_managers(departments: set[int]) -> list[User]:
    """The members of these departments who assign leads."""
    if not departments:
        return []
    members = Membership.objects.filter(department__in=departments).values("user")
    people = User.objects.active().with_rights().filter(pk__in=members)
    return [user for user in people if user.has_perm(RIGHT)]


def _notify_receiver(receiver: Receiver, leads: list[Lead], *, late: bool) -> bool:
    user, of = receiver.user, receiver.of
    ids = list(
        _open_leads_queryset(user, [lead.pk for lead in leads], late=late).values_list("pk", flat=True)
    )
    if not ids:
        return False
    first = next(lead for lead in leads if lead.pk in ids)
    kind = "contact_overdue" if late else "contact_due"
    one = {"moment": first.contact_due_at.isoformat()}
    create_notification(
        user,
        kind,
        None,
        ids[:1] if len(ids) == 1 else [],
        table=Lead.table,
        path="" if len(ids) == 1 else _build_list_url(receiver, late=late),
        number=len(ids),
        of=of.name if receiver.is_substitute else "",
        **one,
    )
    if receiver.by_mail:
        mail_contacts_due.defer(user_id=user.pk, of_id=of.pk, leads=ids, late=late)
    return True


def _open_leads_queryset(user: User, ids: Iterable[int], *, late: bool) -> Any:
    """Those that the user sees and that are still to be contacted."""
    rows = (
        Lead.objects.present().visible_to(user) if user.has_perm("leads.view_lead") else Lead.objects.none()
    )
    return rows.filter(pk__any=list(ids), contact_due_at__isnull=False).order_by("contact_due_at", "pk")


def _build_list_url(receiver: Receiver, *, late: bool) -> str:
    state = ContactState.OVERDUE if late else ContactState.AT_RISK
    owner = "" if late else f"&owner={receiver.of.pk if receiver.is_substitute else 'me'}"
    return f"/admin/leads?first_contact={state.value}{owner}&sort=contact_due_at"


@register_notice_kind("contact_due", icon="clock")
def describe_contact_due(values: dict) -> str:
    number = values["number"]
    if number == 1:
        words = (
            _("%(of)s is away: the first contact with %(name)s is due %(when)s.")
            if values.get("of")
            else _("The first contact with %(name)s is due %(when)s.")
        )
        return words.replace("%(when)s", _format_moment(values))
    if values.get("of"):
        return ngettext(
            "%(of)s is away: %(number)s lead has to be contacted soon.",
            "%(of)s is away: %(number)s leads have to be contacted soon.",
            number,
        )
    return ngettext(
        "%(number)s of your leads has to be contacted soon.",
        "%(number)s of your leads have to be contacted soon.",
        number,
    )


@register_notice_kind("contact_overdue", icon="warning")
def describe_contact_overdue(values: dict) -> str:
    number = values["number"]
    if number == 1:
        words = _("The first contact with %(name)s is overdue. It was due %(when)s.")
        return words.replace("%(when)s", _format_moment(values))
    return ngettext(
        "The first contact with %(number)s lead is overdue.",
        "The first contact with %(number)s leads is overdue.",
        number,
    )


def _format_moment(values: dict) -> str:
    """In the reader's time zone; percent signs would be placeholders."""
    moment = parse_datetime(values["moment"])
    return formats.date_format(timezone.localtime(moment), "j M, H:i").replace("%", "%%") if moment else ""


def build_reminder_email(user: User, of: User, ids: list[int], *, late: bool) -> EmailMessage | None:
    """None if there is nothing to contact any more."""
    rows = _open_leads_queryset(user, ids, late=late)
    count, leads = rows.count(), list(rows[:NAMED])
    if not count:
        return None
    with translation.override(user.language or get_company_language()), timezone.override(user.zone):
        if late:
            subject = ngettext(
                "First contact overdue: %(count)s lead", "First contact overdue: %(count)s leads", count
            )
        else:
            subject = ngettext(
                "First contact due soon: %(count)s lead", "First contact due soon: %(count)s leads", count
            )
        lines = [
            {
                "lead": lead,
                "when": formats.date_format(timezone.localtime(lead.contact_due_at), "j M, H:i"),
                "link": settings.SITE_URL + lead.get_absolute_url(),
            }
            for lead in leads
        ]
        receiver = Receiver(user, of, True)
        context = {
            "user": user,
            "of": of if receiver.is_substitute else None,
            "late": late,
            "lines": lines,
            "more": count - len(leads),
            "site": settings.SITE_URL,
            "path": _build_list_url(receiver, late=late),
        }
        text = render_to_string("leads/mail/contacts_due.txt", context)
        return EmailMessage(subject % {"count": count}, text, to=[user.email])
