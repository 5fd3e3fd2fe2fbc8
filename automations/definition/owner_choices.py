"""Who can be the owner of an automation."""

from typing import Any

from django.db.models import Q

from accounts.models import User


def owners_queryset(viewer: Any, also: int | None = None) -> Any:
    """Active users without more permissions than the viewer, the viewer among them; and one who is the owner already."""
    possible = User.objects.active().changeable_by(viewer).values("pk")
    return User.objects.filter(Q(pk=viewer.pk) | Q(pk__in=possible) | Q(pk=also or 0)).by_name()
