"""The frame of every page: the navigation, the number of unread notifications, the user's chosen look."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst
from django.utils.translation import gettext

from accounts.second_factor.second_factor import is_second_factor_overdue
from accounts.settings_pages import ADD_PAGES, PROFILE, RAIL, SETTINGS, SettingsPage, get_all_names
from crm.platform.record_types import get_screen_url
from crm.platform.text.text_folding import has_all_words
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
class SettingsEntry(NavigationEntry):
    """A settings page. Every page of the product has them in its menu, so only what is shown or searched is made into text."""

    page: SettingsPage = field(kw_only=True)

    @property
    def purpose(self) -> str:
        return str(self.page.purpose)

    @property
    def names(self) -> str:
        return get_all_names(self.page)


@dataclass(frozen=True)
class NavigationGroup:
    """A group of settings pages, as far as the user may open them."""

    label: str
    tabs: list[SettingsEntry]

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
    groups: Any = SimpleLazyObject(lambda: build_settings_groups(request))
    return {
        "signed_in": True,
        "viewed_by": getattr(request, "viewed_by", None),
        "view_has_ended": getattr(request, "view_has_ended", False),
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
        "settings_page": SimpleLazyObject(lambda: _get_current_page(groups)),
        "settings_shown_on": SimpleLazyObject(lambda: _build_shown_on(user, groups)),
        "first_list": SimpleLazyObject(lambda: get_first_list_url(user)),
    }


def get_first_list_url(user) -> str:
    """The URL of the first list that a user sees, or of their profile."""
    kinds = get_viewable_kinds(user)
    return kinds[0].list_url if kinds else reverse("profile")


def _build_entry(request, label, icon: str, name: str) -> NavigationEntry:
    path = get_screen_url(name)
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
    groups = build_settings_groups(request)
    files = [("import", gettext("Imports"), "upload"), ("export", gettext("Exports"), "download")]
    entries = [
        _build_entry(request, gettext("Today"), "done", "today") if kinds else None,
        _build_entry(request, gettext("Tasks"), "check", "tasks") if kinds else None,
        _build_entry(request, gettext("Calendar"), "calendar", "task_calendar") if kinds else None,
        _build_entry(request, gettext("Add a task"), "plus", "new_task") if kinds else None,
        _build_entry(request, gettext("Add a task or a meeting"), "plus", "new_calendar_entry")
        if kinds
        else None,
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
        *_build_settings_entries(request, groups),
        *(tab for group in groups for tab in group.tabs),
        *(
            _build_entry(request, tab.label, "plus", tab.url)
            for tab in ADD_PAGES
            if request.user.has_perm(tab.permission)
        ),
    ]
    return [
        PalettePage(
            entry.label,
            entry.icon or "settings",
            entry.path,
            entry.names if isinstance(entry, SettingsEntry) else "",
        )
        for entry in entries
        if entry
    ]


def _build_rail_foot(request, unread: int, groups: list[NavigationGroup]) -> list[NavigationEntry]:
    notifications = replace(
        _build_entry(request, gettext("Notifications"), "bell", "notifications"), count=unread
    )
    return [
        notifications,
        _build_entry(request, gettext("Jobs"), "jobs", "jobs"),
        *_build_settings_entries(request, groups),
    ]


def _build_settings_entries(request, groups: list[NavigationGroup]) -> list[NavigationEntry]:
    """One entry for all settings: their front page, or the only page that the user may open."""
    if not groups:
        return []
    tabs = [tab for group in groups for tab in group.tabs]
    front = reverse("settings")
    current = request.path == front or any(tab.current for tab in tabs)
    path = front if len(tabs) > 1 else tabs[0].path
    return [NavigationEntry(gettext("Settings"), "settings", path, current)]


def build_settings_groups(request) -> list[NavigationGroup]:
    groups = [
        NavigationGroup(str(label), _mark_nearest_current(_build_settings_tabs(request, tabs)))
        for label, tabs in SETTINGS.items()
    ]
    return [group for group in groups if group.tabs]


def find_settings(groups: list[NavigationGroup], text: str) -> list[NavigationGroup]:
    """The groups with those of their pages that people call by these words, in any language; all pages without words."""
    found = [
        replace(group, tabs=[tab for tab in group.tabs if has_all_words(text, f"{group.label}, {tab.names}")])
        for group in groups
    ]
    return [group for group in found if group.tabs]


def _build_settings_tabs(request, pages: list[SettingsPage]) -> list[SettingsEntry]:
    entries = []
    for page in pages:
        if request.user.has_perm(page.permission):
            entry = _build_entry(request, page.label, page.icon, page.url)
            entries.append(SettingsEntry(entry.label, entry.icon, entry.path, entry.current, page=page))
    return entries


def _mark_nearest_current(tabs: list[SettingsEntry]) -> list[SettingsEntry]:
    """Of a page and those below its address, only the nearest one is current."""
    nearest = max((tab.path for tab in tabs if tab.current), key=len, default="")
    return [replace(tab, current=tab.path == nearest) for tab in tabs]


def _get_current_page(groups: list[NavigationGroup]) -> SettingsEntry | None:
    return next((tab for group in groups for tab in group.tabs if tab.current), None)


def _build_shown_on(user, groups: list[NavigationGroup]) -> NavigationEntry | None:
    """Where the current settings page shows, if the user may open that."""
    current = _get_current_page(groups)
    shown = current.page.shown_on if current else None
    if shown is None or (shown.permission and not user.has_perm(shown.permission)):
        return None
    return NavigationEntry(str(shown.label), "", reverse(shown.url, args=shown.arguments))


def _get_allowed_entries(request, tabs: list[SettingsPage]) -> list[NavigationEntry]:
    return [
        _build_entry(request, tab.label, tab.icon, tab.url)
        for tab in tabs
        if request.user.has_perm(tab.permission)
    ]
