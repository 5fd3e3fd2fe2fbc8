"""The automation that a page is about."""

from typing import Any

from django.http import Http404

from automations.models import Automation
from crm.records.kinds.kind_registry import KINDS


def get_automation_or_404(pk: int, user: Any) -> Automation:
    """One that isn't deleted, whose records the user may view."""
    return _get_viewable_or_404(Automation.objects.active(), pk, user)


def get_changeable_automation_or_404(pk: int, user: Any) -> Automation:
    """The same, if the user may change it: automations act with the permissions of their owner."""
    return _get_viewable_or_404(Automation.objects.active().changeable_by(user), pk, user)


def may_change(automation: Automation, user: Any) -> bool:
    own = Automation.objects.filter(pk=automation.pk).changeable_by(user)
    return user.has_perm("automations.change_automation") and own.exists()


def _get_viewable_or_404(rows: Any, pk: int, user: Any) -> Automation:
    found = rows.filter(pk=pk).select_related("owner").first()
    if found is None or not user.has_perm(KINDS[found.table_of].get_right("view")):
        raise Http404
    return found
