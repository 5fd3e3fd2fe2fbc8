"""Whether a lead is still as it was when its form was shown: otherwise an outcome could be saved twice, or against a change."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.sql.cache_keys import ValueOfRequest
from crm.platform.sql.compiled_querysets import get_compiled_values
from crm.records.kinds.reasons import get_reason_sentence
from leads.models import Lead, QueueStep
from leads.queue.lead_claims import holds_of_others_queryset


class ObstacleKind(StrEnum):
    GONE = "gone"
    GIVEN = "given to someone else"
    NOT_CHANGEABLE = "not changeable"
    DONE = "done already"
    CHANGED = "changed since"


@dataclass(frozen=True)
class QueueObstacle:
    """Why nothing can be saved for a lead; `sentence` is for the user."""

    kind: ObstacleKind
    sentence: str


def get_state_mark(lead: Lead) -> str:
    """The state of a lead for which a form was shown: its version, and the last step that anyone took with it. Each outcome,
    skip and change gives it another one."""
    last = get_compiled_values(_last_step_queryset, [], ValueOfRequest(lead.pk))
    return f"{lead.version}-{last[0][0] if last else 0}"


def _last_step_queryset(_ids: list[int], lead: int) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return QueueStep.objects.on_lead(lead).newest_first().values_list("pk")[:1]


def find_obstacle(user: User, lead: Lead, seen: str) -> QueueObstacle | None:
    """Why the user can't save an outcome of this lead, which says whether they may change it (crm/records/listing/record_list.py).
    `seen` is its state when it was shown."""
    return find_access_obstacle(user, lead) or _find_change_since(user, lead, seen)


def find_access_obstacle(user: User, lead: Lead) -> QueueObstacle | None:
    """The same without the question of whether it has changed."""
    if lead.deleted_at:
        return QueueObstacle(ObstacleKind.GONE, get_reason_sentence("binned"))
    if lead.owner_id is None and (
        holder := holds_of_others_queryset(user, lead.pk).select_related("user").first()
    ):
        words = _("%(name)s is working on this lead.") % {"name": holder.user.name}
        return QueueObstacle(ObstacleKind.GIVEN, words)
    takes = lead.owner_id is None and user.has_perm("leads.take_lead") and Lead.scope.may_take(lead, user)
    if takes or lead.may_change:
        return None
    if lead.owner:
        words = _("%(name)s has this lead now.") % {"name": lead.owner.name}
        return QueueObstacle(ObstacleKind.NOT_CHANGEABLE, words)
    return QueueObstacle(ObstacleKind.NOT_CHANGEABLE, get_reason_sentence("not_changeable"))


def _find_change_since(user: User, lead: Lead, seen: str) -> QueueObstacle | None:
    if seen == get_state_mark(lead):
        return None
    step = QueueStep.objects.on_lead(lead.pk).newest_first().first()
    if step and step.user_id == user.pk and not seen.endswith(f"-{step.pk}"):
        words = _("You’ve already recorded an outcome for this lead. Nothing more was saved.")
        return QueueObstacle(ObstacleKind.DONE, words)
    words = _("This lead has changed since you opened it. Nothing was saved; this is the lead as it is now.")
    return QueueObstacle(ObstacleKind.CHANGED, words)
