"""Giving an unassigned lead to one user: of all who ask at once, each gets another one.

A user who is given a lead is the only one who gets it for a while. It becomes theirs with its first outcome; without one, it
is given to the next user when the time has passed.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from crm.platform.sql.cache_keys import ValueOfRequest
from crm.platform.sql.compiled_querysets import get_compiled_values
from leads.models import Lead, QueueHold, QueueRules
from leads.queue.day_bounds import STAND_INS, get_moments, insert_moments
from leads.queue.waiting_leads import get_unassigned_leads

# How many of the first ones are tried, while others are given them at the same moment.
TRIED = 100


def claim_next_lead(user: User, rules: QueueRules) -> int | None:
    """The id of the next unassigned lead, which is now kept for the user, or of the one that already is; None if there is
    none."""
    if (held := get_held_lead(user)) is not None:
        return held
    left = [place.lead for place in get_unassigned_leads(user, rules)][:TRIED]
    while left:
        pk = _lock_first_free(user, left)
        if pk is None:
            return None
        # Locked, so no one else gets it at this moment. Someone may have got it just before.
        if not holds_of_others_queryset(user, pk).exists():
            hold_lead(user, pk, rules)
            return pk
        left.remove(pk)
    return None


def hold_lead(user: User, pk: int, rules: QueueRules) -> None:
    """Keep the locked lead for the user, from now on."""
    until = timezone.now() + timedelta(minutes=rules.hold_minutes)
    QueueHold.objects.update_or_create(lead=pk, defaults={"user": user, "until": until})


def _lock_first_free(user: User, ids: list[int]) -> int | None:
    """The first of these leads that no one else is working on."""
    rows = Lead.objects.present().takeable_by(user).filter(pk__in=ids).in_order_of(ids)
    locked = rows.select_for_update(no_key=True, skip_locked=True, of=("self",))
    return locked.values_list("pk", flat=True).first()


def holds_of_others_queryset(user: User, pk: int) -> Any:
    return QueueHold.objects.of_lead(pk).of_others(user).in_effect(timezone.now())


def get_held_lead(user: User) -> int | None:
    """The id of the unassigned lead that is kept for the user, if it is still unassigned."""
    held = get_compiled_values(
        _held_leads_queryset,
        [],
        ValueOfRequest(user.pk),
        moments=partial(insert_moments, moments=get_moments(user)),
    )
    if not held:
        return None
    free = Lead.objects.present().takeable_by(user).filter(pk=held[0][0])
    return held[0][0] if free.exists() else None


def _held_leads_queryset(_ids: list[int], user: int) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return QueueHold.objects.of_user(user).in_effect(STAND_INS.now).order_by("-until").values_list("lead")[:1]


def release_lead(pk: int) -> None:
    """The lead has an owner, or was skipped."""
    QueueHold.objects.of_lead(pk).delete()
