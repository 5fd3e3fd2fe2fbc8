"""Rules that can't assign any lead: their users are all gone, or their conditions name something that is gone.

They are passed over. The list says so, and those who may change rules are notified once.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.platform.web.notifications import create_notification, register_notice_kind
from leads.assignment.candidates import RulePeople
from leads.assignment.rule_conditions import get_rule_conditions
from leads.models import AssignmentRule, AssignmentTurn


def get_idle_reasons(rules: Iterable[AssignmentRule], viewer: User | None = None) -> dict[int, str]:
    """Why these rules can't assign any lead, by rule, as a sentence; working time and capacity don't count. Users out of
    the viewer's sight have no names."""
    rules = list(rules)
    people = RulePeople(rules, usual=True)
    found: dict[int, str] = {}
    for rule in rules:
        if problem := get_rule_conditions(rule).problem:
            found[rule.pk] = problem
        elif not people.get_candidates(rule):
            found[rule.pk] = _describe_without_users(rule, get_user_name(rule, viewer))
    return found


def get_user_name(rule: AssignmentRule, viewer: User | None) -> str:
    """The name of a rule's only user, as far as the viewer sees them."""
    return get_labels_by_id(User, viewer).get(rule.user_id or 0, _("another user"))


def _describe_without_users(rule: AssignmentRule, name: str) -> str:
    if rule.user and not rule.user.is_active:
        return _("%(name)s is deactivated.") % {"name": name}
    if rule.user:
        return _("%(name)s doesn’t belong to a department.") % {"name": name}
    if rule.is_narrowed:
        return _("No active member of %(department)s has a chosen role or is a chosen user.") % {
            "department": rule.department.name if rule.department else ""
        }
    return _("The department is retired or has no active members who can view leads.")


@every_hour
def notify_of_idle_rules() -> int:
    """Notify those who may change rules of rules that have become idle; once for each, until it assigns leads again."""
    rules = AssignmentRule.objects.in_use().in_order().select_related("user", "department")
    idle = get_idle_reasons(rules)
    turns = AssignmentTurn.objects
    turns.lock_last_users([rule.pk for rule in rules])
    known = turns.in_bulk()
    told = [rule for rule in rules if rule.pk in idle and not known[rule.pk].idle_told]
    for user in _rule_changers_queryset() if told else []:
        for rule in told:
            create_notification(user, "rule_idle", path=f"/admin/rules/{rule.pk}", rule=rule.name)
    for rule in rules:
        if known[rule.pk].idle_told != (rule.pk in idle):
            turns.filter(rule=rule).update(idle_told=rule.pk in idle)
    return len(told)


def _rule_changers_queryset() -> Any:
    return User.objects.active().filter(groups__permissions__codename="change_assignmentrule").distinct()


@register_notice_kind("rule_idle", icon="warning")
def describe_idle_rule(values: dict) -> str:
    return _("The assignment rule “%(rule)s” can’t assign leads anymore. Check its users and conditions.")
