"""The frame of every page: the navigation, the number of unread notifications, the user's chosen look."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _lazy

from crm.records.kinds import seen_by
from crm.web.places import Place


@dataclass(frozen=True)
class Entry:
    label: str
    icon: str
    path: str
    current: bool = False
    count: int = 0


def navigation(request) -> dict:
    """The context processor. It includes only entries whose pages this user may open."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": "", "density": "", "signed_in": False}
    unread = user.number_unread
    return {
        "signed_in": True,
        "theme": user.theme,
        "density": user.density,
        "unread": unread,
        "rail": SimpleLazyObject(lambda: _rail(request)),
        "rail_foot": SimpleLazyObject(lambda: _rail_foot(request, unread)),
        "settings_tabs": SimpleLazyObject(lambda: _settings_tabs(request)),
    }


class Tab(NamedTuple):
    """A page: its name, its URL name, the permission that its entry requires, and its icon in the navigation."""

    label: str | Promise
    url: str
    permission: str
    icon: str = ""


# Pages of the apps beside the lists of records.
RAIL: list[Tab] = []
# The apps add theirs in the middle.
PEOPLE = [
    Tab(_lazy("Users"), "users", "accounts.view_user"),
    Tab(_lazy("Roles"), "roles", "accounts.view_role"),
    Tab(_lazy("Departments"), "departments", "accounts.view_department"),
    Tab(_lazy("Working time"), "calendar", "accounts.view_department"),
]
SETTINGS: list[Tab] = []
PROGRAMS = [
    Tab(_lazy("Templates"), "templates", "crm.change_template"),
    Tab(_lazy("API"), "tokens", "crm.view_token"),
    Tab(_lazy("Webhooks"), "webhooks", "crm.view_webhook"),
]


def _entry(request, label, icon: str, name: str) -> Entry:
    path = reverse(name)
    return Entry(str(label), icon, path, request.path.startswith(path))


def _rail(request) -> list[Entry]:
    """The kinds of records that this user may view, Tasks, and Changes."""
    kinds = seen_by(request.user)
    entries = [
        _entry(request, capfirst(str(kind.words.many)), kind.icon, f"{kind.urls}:list") for kind in kinds
    ]
    own = _own_pages(request)
    if any(entry.current for entry in own):
        # They are under the URL of a list too.
        entries = [replace(entry, current=False) for entry in entries]
    entries += own
    if kinds:
        entries.append(_entry(request, gettext("Tasks"), "check", "tasks"))
        entries.append(_entry(request, gettext("Changes"), "repeat", "operations"))
    if any(tab.current for tab in _settings_tabs(request)):
        # A kind's settings are under its URL but have a separate entry.
        return [replace(entry, current=False) for entry in entries]
    return entries


def _own_pages(request) -> list[Entry]:
    return [
        _entry(request, tab.label, tab.icon, tab.url) for tab in RAIL if request.user.has_perm(tab.permission)
    ]


def places(request) -> list[Place]:
    """The navigation pages that this user may open, with each settings tab by name."""
    kinds = seen_by(request.user)
    files = [("import", gettext("Imports"), "upload"), ("export", gettext("Exports"), "download")]
    entries = [
        _entry(request, gettext("Tasks"), "check", "tasks") if kinds else None,
        _entry(request, gettext("Changes"), "repeat", "operations") if kinds else None,
        *(
            _entry(request, label, icon, f"{right}s:list")
            for right, label, icon in files
            if any(request.user.has_perm(kind.right(right)) for kind in kinds)
        ),
        _entry(request, gettext("Notifications"), "bell", "notifications"),
        _entry(request, gettext("Jobs"), "jobs", "jobs"),
        _entry(request, gettext("Profile"), "person", "profile"),
        *_own_pages(request),
        *_settings_tabs(request),
    ]
    return [Place(entry.label, entry.icon or "settings", entry.path) for entry in entries if entry]


def _rail_foot(request, unread: int) -> list[Entry]:
    notifications = replace(_entry(request, gettext("Notifications"), "bell", "notifications"), count=unread)
    return [notifications, _entry(request, gettext("Jobs"), "jobs", "jobs"), *_settings(request)]


def _settings(request) -> list[Entry]:
    """One entry for all settings; it opens the first tab that the user may open."""
    tabs = _settings_tabs(request)
    if not tabs:
        return []
    return [Entry(gettext("Settings"), "settings", tabs[0].path, any(tab.current for tab in tabs))]


def _settings_tabs(request) -> list[Entry]:
    return [
        _entry(request, label, "", name)
        for label, name, permission, _icon in [*PEOPLE, *SETTINGS, *PROGRAMS]
        if request.user.has_perm(permission)
    ]
