"""The conditions of a rule: filters of the lead list (crm/records/listing/stored_conditions.py)."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing import stored_conditions
from crm.records.listing.saved_view_replacement import replace_value_everywhere
from crm.records.listing.stored_conditions import RecordConditions
from leads.models import AssignmentRule


def get_leads_kind() -> Kind:
    return KINDS["lead"]


def get_rule_conditions(rule: AssignmentRule) -> RecordConditions:
    return parse_conditions(rule.parameters)


def parse_conditions(data: QueryDict) -> RecordConditions:
    return stored_conditions.parse_conditions(get_leads_kind(), data)


def describe_conditions(query: str, user: User) -> str:
    return stored_conditions.describe_conditions(get_leads_kind(), query, user) if query else _("every lead")


def replace_value_in_rules(parameter: str, old: int | str, new: int | str) -> None:
    """Replace a value in the conditions of all rules, such as a status that was merged into another one."""
    for rule in AssignmentRule.objects.active():
        after = replace_value_everywhere(rule.conditions, parameter, old, new)
        if after != rule.conditions:
            AssignmentRule.objects.filter(pk=rule.pk).update(conditions=after)
