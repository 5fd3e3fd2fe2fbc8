"""The demo company: each app adds its part in apps.py, and `manage.py demo` puts the parts together."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from crm.server.environment import Say

FIRST_SIZE = 4_000


@dataclass(frozen=True)
class Part:
    """What one app adds, each step if it has one.

    people(password)  makes the accounts, once
    password(text)    gives all accounts this password
    accounts()        the accounts to sign in with: (e-mail, role) in the order of the greeting
    empty()           whether this part of the company is not there yet
    grow(total, say)  adds records until there are `total`; returns how many were added
    first_day()       what happened today, after the first growth
    """

    people: Callable[[str], None] | None = None
    password: Callable[[str], None] | None = None
    accounts: Callable[[], list[tuple[str, str]]] | None = None
    empty: Callable[[], bool] | None = None
    grow: Callable[[int, Say], int] | None = None
    first_day: Callable[[], None] | None = None


PARTS: list[Part] = []


def grow(total: int, say: Say) -> int:
    """The demo company, grown to that many leads."""
    install_people()
    return sum(part.grow(total, say) for part in PARTS if part.grow)


def load_at_first(say: Say) -> None:
    """The demo company, where there is none yet; a first start that was broken off is completed."""
    install_people()
    if any(part.empty() for part in PARTS if part.empty):
        say("Loading the demo company …")
        grow(FIRST_SIZE, say)
        for part in PARTS:
            if part.first_day:
                part.first_day()


def accounts() -> list[tuple[str, str]]:
    """The accounts to sign in with: (e-mail, role)."""
    return [account for part in PARTS if part.accounts for account in part.accounts()]


def install_people() -> str:
    """Make the demo's people. All accounts have one password: the one given last, by the environment of any command, or
    one that is made at the first start.

    It is kept beside the data: a later command to which none is given leaves it as it is, and so does one that is given
    the same again, because somebody may have changed the password of their account meanwhile.
    """
    kept = demo_password()
    password = settings.ENVIRONMENT.demo_password or kept or secrets.token_urlsafe(9)
    for part in PARTS:
        if part.people:
            part.people(password)
        if part.password and password != kept:
            part.password(password)
    if password != kept:
        path = _place_of_password()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(password)
    return password


def demo_password() -> str:
    """The one password of the demo accounts, or '' before there is one."""
    path = _place_of_password()
    return path.read_text() if path.exists() else ""


def _place_of_password() -> Path:
    return settings.DATA / "demo_password"
