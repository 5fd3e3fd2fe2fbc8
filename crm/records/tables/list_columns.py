"""Which columns a user's list shows, in which order, and how wide."""

from typing import Any

from crm.models import ListSettings, SavedView
from crm.records.kinds.kind_registry import Kind


def get_list_settings(user) -> ListSettings | None:
    """The user's list settings, if they ever chose any. They are loaded and cached with the signed-in user, so a write
    shows from the next request on."""
    return getattr(user, "list_settings", None)


def get_list_columns(kind: Kind, user, view: SavedView | None = None) -> list[str]:
    """The view's own columns, else the user's choice, else the default columns. The name always comes first."""
    own: Any = get_list_settings(user)
    chosen = own.columns.get(kind.name) if own else None
    return get_allowed_columns(
        kind, (view.columns if view else None) or chosen or kind.fields.LIST_AT_FIRST, user
    )


def get_allowed_columns(kind: Kind, names: list[str], user) -> list[str]:
    """The columns among these that the user may see, without duplicates, the name first."""
    allowed = kind.get_listed_names("LIST", user)
    known = [name for name in dict.fromkeys(names) if name in allowed and name != "name"]
    return ["name", *known]


def get_columns_after_move(shown: list[str], name: str, move: str) -> list[str] | None:
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


def get_columns_after_placement(shown: list[str], name: str, other: str) -> list[str] | None:
    """The columns after one of them is put behind another one; None if one isn't shown or would be itself."""
    if name not in shown or other not in shown or name in ("name", other):
        return None
    columns = [column for column in shown if column != name]
    columns.insert(columns.index(other) + 1, name)
    return columns


def get_column_widths(kind: Kind, user, view: SavedView | None = None) -> dict[str, int]:
    """The widths of columns that aren't as usual. A view that keeps its columns keeps their widths too; each of its
    readers may change them for themselves."""
    own = get_list_settings(user)
    mine = own.widths.get(get_widths_key(kind, view), {}) if own else {}
    return (view.widths if view and view.columns else {}) | mine


def get_widths_key(kind: Kind, view: SavedView | None) -> str:
    """The key in the user's `widths`."""
    return f"{kind.name} {view.pk}" if view and view.columns else kind.name


def get_start_view_id(kind: Kind, user) -> int | None:
    """The id of the view that opens first, if the user chose one."""
    own = get_list_settings(user)
    return own.start_views.get(kind.name) if own else None
