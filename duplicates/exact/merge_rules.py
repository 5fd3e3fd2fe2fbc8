"""What may be merged by a rule, by whom, and why a group isn't."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.records.kinds.kind_registry import KINDS
from duplicates.models import MergePlan
from duplicates.permissions import VIEW_PERMISSION
from duplicates.record_graph import COMPARED_TABLES

# The columns with the values as they are compared.
COLUMNS = {"email": "email_key", "phone": "phone_normal", "domain": "domain", "name": "name_key"}
# The most groups that one plan merges. The others are in the next plan.
MOST = 5_000
# A value that more records share is that of a switchboard or a placeholder.
LARGEST = 50
LARGE, FIXED, DIFFERENT, LATER = "large", "fixed", "different", "later"
REASONS: dict[str, str | Promise] = {
    LARGE: _("More than 50 records share the value."),
    FIXED: _("You can’t change all of the records."),
    DIFFERENT: _("Some of the records were marked as not duplicates."),
    LATER: _("A merge takes 5,000 groups at most. Merge again for the others."),
}


def get_mergeable_tables(user: User) -> list[str]:
    """The record types in which this user may merge many records."""
    rights = ("view", "change", "delete", "bulk")
    if not user.has_perm(VIEW_PERMISSION):
        return []
    return [
        table
        for table in COMPARED_TABLES
        if user.has_perms([KINDS[table].get_right(right) for right in rights])
    ]


def get_match_choices(user: User) -> list[tuple[str, Any]]:
    tables = get_mergeable_tables(user)
    return [(value, label) for value, label in MergePlan.Match.choices if value.partition("-")[0] in tables]
