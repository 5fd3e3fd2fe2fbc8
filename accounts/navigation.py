"""The frame of every page: the navigation, the number of unread notifications, the user's chosen look."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _lazy

from accounts.second_factor.second_factor import is_second_factor_overdue
from crm.platform.web.palette_pages import PalettePage
from crm.records.kinds.kind_registry import get_viewable_kinds


@dataclass(frozen=True)
class NavigationEntry:
    label: str
    icon: str
    path: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class NavigationGroup:
    """A group of settings pages, as far as the user may open them."""

    label: str
    tabs: list[NavigationEntry]

    @property
    def path(self) -> str:
        return self.tabs[0].path

    @property
    def current(self) -> bool:
        return any(tab.current for tab in self.tabs)


def navigation(request) -> dict:
    """The context processor. It includes only entries whose pages this user may open."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": "", "density": "", "signed_in": False}
    unread = user.number_unread
    # Three parts of the frame ask for them.
    groups: Any = SimpleLazyObject(lambda: _build_settings_groups(request))
    return {
        "signed_in": True,
        "theme": user.theme,
        "density": user.density,
        "unread": unread,
        # Before two-step verification is set up, all of these would only lead back to its page.
        "rail": SimpleLazyObject(
            lambda: [] if is_second_factor_overdue(user) else _build_rail(request, groups)
        ),
        "rail_foot": SimpleLazyObject(
            lambda: [] if is_second_factor_overdue(user) else _build_rail_foot(request, unread, groups)
        ),
        "settings": groups,
        "first_list": SimpleLazyObject(lambda: get_first_list_url(user)),
    }


def get_first_list_url(user) -> str:
    """The URL of the first list that a user sees, or of their profile."""
    kinds = get_viewable_kinds(user)
    return kinds[0].list_url if kinds else reverse("profile")


class SettingsPage(NamedTuple):
    """A page: its name, its URL name, the permission that its entry requires, and its icon in the navigation."""

    label: str | Promise
    url: str
    permission: str
    icon: str = ""


# Pages of the apps beside the lists of records.
RAIL: list[SettingsPage] = []
# Pages that the apps add to the profile, for every user.
PROFILE: list[SettingsPage] = []
# The pages of the settings by group. The apps add theirs to the group of sales.
COMPANY = [
    SettingsPage(_lazy("Company"), "company", "crm.change_companysettings"),
    SettingsPage(_lazy("Set up Leadwell"), "setup", "crm.change_companysettings"),
]
PEOPLE = [
    SettingsPage(_lazy("Users"), "users", "accounts.view_user"),
    SettingsPage(_lazy("Roles"), "roles", "accounts.view_role"),
    SettingsPage(_lazy("Departments"), "departments", "accounts.view_department"),
    SettingsPage(_lazy("Working time"), "calendar", "accounts.view_department"),
]
SALES = [SettingsPage(_lazy("Templates"), "templates", "crm.change_template")]
PROGRAMS = [
    SettingsPage(_lazy("API"), "tokens", "crm.view_token"),
    SettingsPage(_lazy("Webhooks"), "webhooks", "crm.view_webhook"),
]
SECURITY = [
    SettingsPage(_lazy("Single sign-on"), "sign_on", "accounts.change_identityprovider"),
    SettingsPage(_lazy("Audit log"), "audit", "crm.view_auditentry"),
]
SETTINGS: dict[str | Promise, list[SettingsPage]] = {
    _lazy("Company"): COMPANY,
    _lazy("People"): PEOPLE,
    _lazy("Sales"): SALES,
    _lazy("Programs"): PROGRAMS,
    _lazy("Security"): SECURITY,
}
# What can be added in Settings: only the palette names these.
ADD_PAGES = [
    SettingsPage(_lazy("New user"), "user_new", "accounts.add_user"),
    SettingsPage(_lazy("New role"), "role_new", "accounts.add_role"),
    SettingsPage(_lazy("New department"), "department_new", "accounts.add_department"),
    SettingsPage(_lazy("New template"), "template_new", "crm.change_template"),
    SettingsPage(_lazy("New identity provider"), "sign_on_provider_new", "accounts.add_identityprovider"),
    SettingsPage(_lazy("New token"), "token_new", "crm.add_token"),
    SettingsPage(_lazy("New webhook"), "webhook_new", "crm.add_webhook"),
]


def _build_entry(request, label, icon: str, name: str) -> NavigationEntry:
    path = reverse(name)
    return NavigationEntry(str(label), icon, path, request.path.startswith(path))


def _build_rail(request, groups: list[NavigationGroup]) -> list[NavigationEntry]:
    """Today, the kinds of records that this user may view, Tasks, and Changes."""
    kinds = get_viewable_kinds(request.user)
    entries = [
        _build_entry(request, capfirst(str(kind.words.many)), kind.icon, f"{kind.urls}:list")
        for kind in kinds
    ]
    own = _build_own_pages(request)
    if any(entry.current for entry in own):
        # They are under the URL of a list too.
        entries = [replace(entry, current=False) for entry in entries]
    entries += own
    if kinds:
        entries.insert(0, _build_entry(request, gettext("Today"), "done", "today"))
        entries.append(_build_entry(request, gettext("Tasks"), "check", "tasks"))
        entries.append(_build_entry(request, gettext("Changes"), "repeat", "operations"))
    if any(group.current for group in groups):
        # A kind's settings are under its URL but have a separate entry.
        return [replace(entry, current=False) for entry in entries]
    return entries


def build_profile_pages(request) -> list[NavigationEntry]:
    return [_build_entry(request, tab.label, tab.icon, tab.url) for tab in PROFILE]


def _build_own_pages(request) -> list[NavigationEntry]:
    return _get_allowed_entries(request, RAIL)


def get_navigation_pages(request) -> list[PalettePage]:
    """The navigation pages that this user may open, with each settings tab by name, and what can be added there."""
    kinds = get_viewable_kinds(request.user)
    files = [("import", gettext("Imports"), "upload"), ("export", gettext("Exports"), "download")]
    entries = [
        _build_entry(request, gettext("Today"), "done", "today") if kinds else None,
        _build_entry(request, gettext("Tasks"), "check", "tasks") if kinds else None,
        _build_entry(request, gettext("Calendar"), "calendar", "task_calendar") if kinds else None,
        _build_entry(request, gettext("Add a task"), "plus", "new_task") if kinds else None,
        _build_entry(request, gettext("Changes"), "repeat", "operations") if kinds else None,
        *(
            _build_entry(request, label, icon, f"{right}s:list")
            for right, label, icon in files
            if any(request.user.has_perm(kind.get_right(right)) for kind in kinds)
        ),
        _build_entry(request, gettext("Notifications"), "bell", "notifications"),
        _build_entry(request, gettext("Jobs"), "jobs", "jobs"),
        _build_entry(request, gettext("Profile"), "person", "profile"),
        _build_entry(request, gettext("Calendar feed"), "calendar", "calendar_feed"),
        _build_entry(request, gettext("Change password"), "key", "password_change"),
        _build_entry(request, gettext("Two-step verification"), "check", "two_step"),
        *build_profile_pages(request),
        *_build_own_pages(request),
        *_build_settings_tabs(request),
        *(
            _build_entry(request, tab.label, "plus", tab.url)
            for tab in ADD_PAGES
            if request.user.has_perm(tab.permission)
        ),
    ]
    return [PalettePage(entry.label, entry.icon or "settings", entry.path) for entry in entries if entry]


def _build_rail_foot(request, unread: int, groups: list[NavigationGroup]) -> list[NavigationEntry]:
    notifications = replace(
        _build_entry(request, gettext("Notifications"), "bell", "notifications"), count=unread
    )
    return [
        notifications,
        _build_entry(request, gettext("Jobs"), "jobs", "jobs"),
        *_build_settings_entries(groups),
    ]


def _build_settings_entries(groups: list[NavigationGroup]) -> list[NavigationEntry]:
    """One entry for all settings; it opens the first page that the user may open."""
    if not groups:
        return []
    return [
        NavigationEntry(
            gettext("Settings"), "settings", groups[0].path, any(group.current for group in groups)
        )
    ]


def _build_settings_groups(request) -> list[NavigationGroup]:
    groups = [
        NavigationGroup(str(label), _mark_nearest_current(_get_allowed_entries(request, tabs)))
        for label, tabs in SETTINGS.items()
    ]
    return [group for group in groups if group.tabs]


def _mark_nearest_current(tabs: list[NavigationEntry]) -> list[NavigationEntry]:
    """Of a page and those below its address, only the nearest one is current."""
    nearest = max((tab.path for tab in tabs if tab.current), key=len, default="")
    return [replace(tab, current=tab.path == nearest) for tab in tabs]


def _build_settings_tabs(request) -> list[NavigationEntry]:
    return [tab for group in _build_settings_groups(request) for tab in group.tabs]


def _get_allowed_entries(request, tabs: list[SettingsPage]) -> list[NavigationEntry]:
    return [
        _build_entry(request, tab.label, tab.icon, tab.url)
        for tab in tabs
        if request.user.has_perm(tab.permission)
    ]
