"""The list of automations: each as a sentence, its owner, and what it did in the last days."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from automations.definition.sentences import build_sentence
from automations.models import Automation, AutomationRun
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.editing.row_order import order_buttons
from crm.records.kinds.kind_registry import KINDS, Kind

# The days of which the list says how often an automation acted.
DAYS = 7


@dataclass(frozen=True)
class AutomationLine:
    """`sentence` has its parts (`build_sentence`), `acted` is how many records it changed in the last days."""

    automation: Automation
    kind: Kind
    order: SafeString
    sentence: dict[str, Any]
    owner: str
    acted: int


def get_automations_in_order() -> list[Automation]:
    return list(Automation.objects.active().in_order())


def get_shown_automations(viewer: User) -> list[Automation]:
    """Those about records that the viewer may view, in order."""
    every = get_automations_in_order()
    return [row for row in every if viewer.has_perm(KINDS[row.table_of].get_right("view"))]


def build_lines(viewer: User) -> list[AutomationLine]:
    """Those about records that the viewer may view."""
    rows = get_shown_automations(viewer)
    acted, names = count_acted(), get_labels_by_id(User, viewer)
    last = len(rows) - 1
    return [
        AutomationLine(
            row,
            KINDS[row.table_of],
            order_buttons(row, first=place == 0, last=place == last),
            build_sentence(row, viewer),
            names.get(row.owner_id, _("another user")),
            acted.get(row.pk, 0),
        )
        for place, row in enumerate(rows)
    ]


def count_acted() -> dict[int, int]:
    """How many records each automation changed in the last days."""
    rows = AutomationRun.objects.acted().since(timezone.now() - timedelta(days=DAYS)).order_by()
    return dict(rows.values("automation").annotate(number=Count("pk")).values_list("automation", "number"))
