"""What stands around every page: the rail, the count of unread notifications, the look that the user chose."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Entry:
    label: str
    icon: str
    path: str
    current: bool = False
    count: int = 0


def navigation(request) -> dict:
    """The context processor. The entries are only those whose pages this user may open."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": "", "density": "", "signed_in": False}
    unread = SimpleLazyObject(lambda: user.notifications.unread().count())
    return {
        "signed_in": True,
        "theme": user.theme,
        "density": user.density,
        "unread": unread,
        "rail": SimpleLazyObject(lambda: _rail(request)),
        "rail_foot": SimpleLazyObject(lambda: _rail_foot(request)),
    }


def _entries(request, wanted: list[tuple]) -> list[Entry]:
    here = request.path
    entries = [
        Entry(label, icon, reverse(name), here == reverse(name) or here.startswith(f"{prefix}"))
        for label, icon, name, prefix, permission in wanted
        if not permission or request.user.has_perm(permission)
    ]
    return entries


def _rail(request) -> list[Entry]:
    return _entries(request, [(_("Leads"), "leads", "leads:list", "/admin/leads", "leads.view_lead")])


def _rail_foot(request) -> list[Entry]:
    return []
