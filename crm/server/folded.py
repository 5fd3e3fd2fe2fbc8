"""The migrations from before version 0.1 are squashed into each app's first ones; older databases can't be read any
more."""

from collections.abc import Iterable

# Only versions before 0.1 have this one.
FOLDED = "crm.0001_functions"
LAST_READER = "0.0 (commit 48434e8)"


def before_folding(migrations: Iterable[str]) -> bool:
    """Whether a database with these migrations, each as "app.name", is older than version 0.1."""
    return FOLDED in migrations
