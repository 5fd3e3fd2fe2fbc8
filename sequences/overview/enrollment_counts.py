"""How many records are in sequences, of those that a user sees."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from sequences.models import Enrollment, Sequence

State, Reason = Enrollment.State, Enrollment.StopReason


def count_running(sequence: Sequence, user: Any) -> int:
    return Enrollment.objects.of_sequence(sequence.pk).running().visible_to(user).count()


def count_by_sequence(user: Any, days: int) -> dict[int, tuple[int, int]]:
    """By the id of a sequence: how many are in it now, and how many replied in so many last days."""
    since = timezone.now() - timedelta(days=days)
    replied = Q(stop_reason=Reason.REPLIED, ended_at__gte=since)
    rows = Enrollment.objects.visible_to(user).filter(Q(state=State.RUNNING) | replied).order_by()
    counted = rows.values("sequence").annotate(
        running=Count("pk", filter=Q(state=State.RUNNING)), replied=Count("pk", filter=replied)
    )
    return {row["sequence"]: (row["running"], row["replied"]) for row in counted}
