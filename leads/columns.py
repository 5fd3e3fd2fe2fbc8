"""Which columns a user's list shows, and in which order."""

from leads import fields
from leads.models import ListSettings, SavedView


def columns_of(settings: ListSettings | None, view: SavedView | None = None) -> list[str]:
    """The view's own columns, else those that the user chose, else those shown at first. The name always comes first."""
    chosen = (
        (view.columns if view else None) or (settings.columns if settings else None) or fields.LIST_AT_FIRST
    )
    return ordered(chosen)


def ordered(names: list[str]) -> list[str]:
    """The allowed ones of these columns, each once, the name in front."""
    known = [name for name in dict.fromkeys(names) if name in fields.LIST and name != "name"]
    return ["name", *known]
