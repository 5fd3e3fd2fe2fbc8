"""Which columns a user's list shows, and in which order."""

from typing import Any

from crm.models import ListSettings, SavedView
from crm.records.kinds import Kind


def settings_of(user) -> ListSettings | None:
    """The user's list settings, if they ever chose any. They are loaded and cached with the signed-in user, so a write
    shows from the next request on."""
    return getattr(user, "list_settings", None)


def columns_of(kind: Kind, user, view: SavedView | None = None) -> list[str]:
    """The view's own columns, else the user's choice, else the default columns. The name always comes first."""
    own: Any = settings_of(user)
    chosen = own.columns.get(kind.name) if own else None
    return ordered(kind, (view.columns if view else None) or chosen or kind.fields.LIST_AT_FIRST, user)


def ordered(kind: Kind, names: list[str], user) -> list[str]:
    """The columns among these that the user may see, without duplicates, the name first."""
    allowed = kind.listed("LIST", user)
    known = [name for name in dict.fromkeys(names) if name in allowed and name != "name"]
    return ["name", *known]


def moved(shown: list[str], name: str, move: str) -> list[str] | None:
    """The columns after one of them is hidden, or moved past its neighbor; the name stays first. None if it is another
    word."""
    if move not in ("hide", "left", "right"):
        return None
    columns = list(shown)
    if name not in columns or name == "name":
        return columns
    place = columns.index(name)
    columns.remove(name)
    if move != "hide":
        columns.insert(max(1, place + (1 if move == "right" else -1)), name)
    return columns


def start_view(kind: Kind, user) -> int | None:
    """The id of the view that opens first, if the user chose one."""
    own = settings_of(user)
    return own.start_views.get(kind.name) if own else None
