"""What stands around every page: the rail, the count of unread notifications, the look that the user chose."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _lazy


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


# Label, icon, address, the addresses that belong to it, permission
RAIL = [
    (_lazy("Leads"), "leads", "leads:list", "/admin/leads", "leads.view_lead"),
    (_lazy("Operations"), "repeat", "operations", "/admin/operations", "leads.view_lead"),
]
RAIL_FOOT: list[tuple] = [
    (_lazy("Notifications"), "bell", "notifications", "/notifications", ""),
    (_lazy("Jobs"), "jobs", "jobs", "/admin/jobs", ""),
]
# Label, address, permission: the tabs of the settings
SETTINGS: list[tuple] = [
    (_lazy("Users"), "users", "accounts.view_user"),
    (_lazy("Roles"), "roles", "accounts.view_role"),
    (_lazy("Departments"), "departments", "accounts.view_department"),
    (_lazy("Statuses"), "leads:statuses", "leads.view_status"),
    (_lazy("Sources"), "leads:sources", "leads.view_source"),
    (_lazy("Tags"), "leads:tags", "leads.view_tag"),
    (_lazy("Lost reasons"), "leads:lost_reasons", "leads.view_lostreason"),
    (_lazy("Exchange rates"), "leads:rates", "leads.change_rate"),
    (_lazy("Pipelines"), "leads:pipelines", "leads.view_pipeline"),
    (_lazy("API"), "tokens", "accounts.view_token"),
    (_lazy("Webhooks"), "webhooks", "crm.view_webhook"),
]


def _entries(request, wanted: list[tuple]) -> list[Entry]:
    here = request.path
    return [
        Entry(str(label), icon, reverse(name), here.startswith(prefix))
        for label, icon, name, prefix, permission in wanted
        if not permission or request.user.has_perm(permission)
    ]


def _rail(request) -> list[Entry]:
    if any(tab.current for tab in _settings_tabs(request)):
        # The settings of leads stand below the address of the leads, but have an entry of their own.
        return [replace(entry, current=False) for entry in _entries(request, RAIL)]
    return _entries(request, RAIL)


def _rail_foot(request, unread: int) -> list[Entry]:
    notifications, *others = _entries(request, RAIL_FOOT)
    return [replace(notifications, count=unread), *others, *_settings(request)]


def _settings(request) -> list[Entry]:
    """One entry for all settings; it leads to the first tab that the user may open."""
    tabs = _settings_tabs(request)
    if not tabs:
        return []
    return [Entry(gettext("Settings"), "settings", tabs[0].path, any(tab.current for tab in tabs))]


def _settings_tabs(request) -> list[Entry]:
    return [
        Entry(str(label), "", reverse(name), request.path.startswith(reverse(name)))
        for label, name, permission in SETTINGS
        if request.user.has_perm(permission)
    ]
