"""The demo company: each app contributes its part, and `manage.py demo` puts the parts together."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from crm.platform.configuration.environment import Say

FIRST_SIZE = 4_000


@dataclass(frozen=True)
class DemoPart:
    """One app's part of the demo; every step is optional.

    people(password)  creates the accounts, once
    password(text)    sets this password for all accounts
    accounts()        the accounts to sign in with: (email, role) in the order of the welcome text
    empty()           whether this part of the company doesn't exist yet
    grow(total, say)  adds records until there are `total`; returns how many were added
    first_day()       today's activity, after the first growth
    """

    people: Callable[[str], None] | None = None
    password: Callable[[str], None] | None = None
    accounts: Callable[[], list[tuple[str, str]]] | None = None
    empty: Callable[[], bool] | None = None
    grow: Callable[[int, Say], int] | None = None
    first_day: Callable[[], None] | None = None


PARTS: list[DemoPart] = []


def grow_demo(total: int, say: Say) -> int:
    """Grow the demo company to that many leads."""
    install_people()
    return sum(part.grow(total, say) for part in PARTS if part.grow)


def load_if_empty(say: Say) -> None:
    """Load the demo company if there is none; an interrupted first start is completed."""
    install_people()
    if any(part.empty() for part in PARTS if part.empty):
        say("Loading the demo company …")
        grow_demo(FIRST_SIZE, say)
        for part in PARTS:
            if part.first_day:
                part.first_day()


def get_demo_accounts() -> list[tuple[str, str]]:
    """The accounts to sign in with: (email, role)."""
    return [account for part in PARTS if part.accounts for account in part.accounts()]


def install_people() -> str:
    """Create the demo's people. All accounts have one password: the last one set in the environment of any command, or
    one generated on the first start.

    It is stored next to the data: commands without a password, or with the same one, leave it unchanged, because
    someone may have changed the password of their account since.
    """
    kept = get_demo_password()
    password = settings.ENVIRONMENT.demo_password or kept or secrets.token_urlsafe(9)
    for part in PARTS:
        if part.people:
            part.people(password)
        if part.password and password != kept:
            part.password(password)
    if password != kept:
        path = _get_password_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(password)
    return password


def get_demo_password() -> str:
    """The shared password of the demo accounts, or '' before there is one."""
    path = _get_password_path()
    return path.read_text() if path.exists() else ""


def _get_password_path() -> Path:
    return settings.DATA / "demo_password"
