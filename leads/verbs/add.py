"""Add: a new lead, as an operation of its own."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.notices import tell
from crm.change import Verb, operation
from crm.models import Operation
from leads.models import Lead


class Add(Verb):
    kind = "add"
    permission = "leads.add_lead"

    @classmethod
    def words(cls, parameters):
        return _("Add a lead")


def add(values: dict[str, Any], *, by, channel: str = Operation.Channel.WEB) -> Lead:
    """Make a lead of cleaned model values; who calls has kept the contract of its status (leads/contract.py).

    Raises PermissionDenied without the right to add leads.
    """
    if not by.has_perm(Add.permission):
        raise PermissionDenied(Add.permission)
    with operation(Add.kind, by=by, channel=channel, matched=1, changed=1) as record:
        lead = Lead.objects.create(created_by=by, **values)
        if lead.owner and lead.owner != by:
            tell(lead.owner, "assigned", record, [lead.pk])
    return lead
