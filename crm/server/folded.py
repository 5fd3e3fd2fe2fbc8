"""The migrations of before version 0.1 were folded into the first ones of each app: what they left is not read any more."""

from collections.abc import Iterable

# Only an older Leadwell has this one.
FOLDED = "crm.0001_functions"
LAST_READER = "0.0 (commit 48434e8)"


def before_folding(migrations: Iterable[str]) -> bool:
    """Whether a database with these migrations, each as "app.name", is older than version 0.1."""
    return FOLDED in migrations
