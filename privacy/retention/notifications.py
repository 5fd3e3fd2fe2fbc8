"""Notifications of retention: owners and managers are notified before leads are deleted or erased, administrators of a rule that
waits."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from accounts.reminders.task_reminders import get_receivers
from crm.platform.web.notifications import create_notification, register_notice_kind
from leads.models import Lead, Status
from privacy.models import RetentionRule

PAGE = "/admin/privacy/retention"
# Who assigns leads of a department is notified of those that have no active owner.
RIGHT = "leads.assign_lead"
# A link names no more of them.
MOST_OWNERS = 15


def notify_owners(rule: RetentionRule, leads: QuerySet[Lead], day: date) -> None:
    """One notification for each owner, with the number of their leads; those of a department without an active owner go to its
    managers."""
    by_owner = (
        leads.order_by().filter(owner__is_active=True).values_list("owner").annotate(number=Count("pk"))
    )
    numbers = dict(by_owner)
    people = User.objects.active().with_rights().filter(pk__in=list(numbers))
    for receiver in get_receivers(people, timezone.localdate()):
        path = f"{_build_list_url(rule)}&owner={'me' if receiver.user == receiver.of else receiver.of.pk}"
        _notify_user(receiver.user, "retention_owner", rule, numbers[receiver.of.pk], day, path)
    _notify_managers(rule, leads, day)


def _notify_managers(rule: RetentionRule, leads: QuerySet[Lead], day: date) -> None:
    """Closed leads stay with users who were deactivated, and retention is mostly about closed leads."""
    left = leads.order_by().filter(Q(owner=None) | Q(owner__is_active=False))
    rows = list(left.values_list("department", "owner").annotate(number=Count("pk")))
    members = Membership.objects.filter(department__in={row[0] for row in rows}).values("user")
    for manager in User.objects.active().with_rights().filter(pk__in=members):
        own = [row for row in rows if row[0] in manager.department_ids]
        if manager.has_perm(RIGHT) and own:
            owners = sorted({str(owner or "none") for _department, owner, _number in own})
            narrowed = "".join(f"&owner={owner}" for owner in owners) if len(owners) <= MOST_OWNERS else ""
            path = f"{_build_list_url(rule)}{narrowed}"
            number = sum(row[2] for row in own)
            _notify_user(manager, "retention_manager", rule, number, day, path)


def notify_administrators(rule: RetentionRule, number: int) -> None:
    for user in User.objects.administrators():
        create_notification(
            user,
            "retention_waits",
            None,
            [],
            path=PAGE,
            number=number,
            status=rule.status_id,
            action=rule.action,
        )


def _notify_user(user: User, kind: str, rule: RetentionRule, number: int, day: date, path: str) -> None:
    values: dict[str, Any] = {"number": number, "status": rule.status_id, "months": rule.months}
    values |= {"day": day.isoformat(), "action": rule.action}
    create_notification(user, kind, None, [], table=Lead.table, path=path, **values)


def _build_list_url(rule: RetentionRule) -> str:
    return f"/admin/leads?retention={rule.pk}-announced"


def _erases(values: dict) -> bool:
    return values.get("action") == RetentionRule.Action.ERASE


def _fill_words(words: str, values: dict) -> str:
    """With the status and the day in the reader's language; percent signs would be placeholders."""
    status = Status.objects.filter(pk=values.get("status", 0)).first()
    day = parse_date(values.get("day", "")) if values.get("day") else None
    words = words.replace("%(status)s", (status.label if status else _("(deleted)")).replace("%", "%%"))
    return words.replace("%(day)s", formats.date_format(day, "j M Y") if day else "")


@register_notice_kind("retention_owner", icon="bin")
def describe_for_owner(values: dict) -> str:
    if _erases(values):
        words = ngettext(
            "%(number)s of your leads will be erased on %(day)s or a few nights later, because it has been in the status %(status)s for a long time.",
            "%(number)s of your leads will be erased on %(day)s or a few nights later, because they have been in the status %(status)s for a long time.",
            values["number"],
        )
        return _fill_words(words, values)
    words = ngettext(
        "%(number)s of your leads will be deleted on %(day)s or a few nights later, because it has been in the status %(status)s for a long time.",
        "%(number)s of your leads will be deleted on %(day)s or a few nights later, because they have been in the status %(status)s for a long time.",
        values["number"],
    )
    return _fill_words(words, values)


@register_notice_kind("retention_manager", icon="bin")
def describe_for_manager(values: dict) -> str:
    if _erases(values):
        words = ngettext(
            "%(number)s lead without an active owner will be erased on %(day)s or a few nights later, because it has been in the status %(status)s for a long time.",
            "%(number)s leads without an active owner will be erased on %(day)s or a few nights later, because they have been in the status %(status)s for a long time.",
            values["number"],
        )
        return _fill_words(words, values)
    words = ngettext(
        "%(number)s lead without an active owner will be deleted on %(day)s or a few nights later, because it has been in the status %(status)s for a long time.",
        "%(number)s leads without an active owner will be deleted on %(day)s or a few nights later, because they have been in the status %(status)s for a long time.",
        values["number"],
    )
    return _fill_words(words, values)


@register_notice_kind("retention_waits")
def describe_waiting_rule(values: dict) -> str:
    if _erases(values):
        words = ngettext(
            "A retention rule waits: it would erase %(number)s lead in the status %(status)s. Confirm or change it.",
            "A retention rule waits: it would erase %(number)s leads in the status %(status)s. Confirm or change it.",
            values["number"],
        )
        return _fill_words(words, values)
    words = ngettext(
        "A retention rule waits: it would delete %(number)s lead in the status %(status)s. Confirm or change it.",
        "A retention rule waits: it would delete %(number)s leads in the status %(status)s. Confirm or change it.",
        values["number"],
    )
    return _fill_words(words, values)
