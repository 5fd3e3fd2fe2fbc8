"""Which columns a user's list shows, and in which order."""

from accounts.models import User
from leads import fields
from leads.models import ListSettings, SavedView


def settings_of(user: User) -> ListSettings | None:
    """How the user has the list, if they ever chose; it comes along with who is signed in and is kept with them, so
    after a write it is as it was until the next request."""
    return getattr(user, "list_settings", None)


def columns_of(user: User, view: SavedView | None = None) -> list[str]:
    """The view's own columns, else those that the user chose, else those shown at first. The name always comes first."""
    own = settings_of(user)
    return ordered((view.columns if view else None) or (own.columns if own else None) or fields.LIST_AT_FIRST)


def ordered(names: list[str]) -> list[str]:
    """The allowed ones of these columns, each once, the name in front."""
    known = [name for name in dict.fromkeys(names) if name in fields.LIST and name != "name"]
    return ["name", *known]
