"""The automation that a page is about."""

from django.http import Http404

from automations.models import Automation
from crm.records.kinds.kind_registry import KINDS


def get_automation_or_404(pk: int, user) -> Automation:
    """One that isn't deleted, whose records the user may view."""
    found = Automation.objects.active().filter(pk=pk).select_related("owner").first()
    if found is None or not user.has_perm(KINDS[found.table_of].get_right("view")):
        raise Http404
    return found


def get_changeable_automation_or_404(pk: int, user) -> Automation:
    """The same, if the user may change it: automations act with the permissions of their owner."""
    found = Automation.objects.active().changeable_by(user).filter(pk=pk).select_related("owner").first()
    if found is None or not user.has_perm(KINDS[found.table_of].get_right("view")):
        raise Http404
    return found
