"""`manage.py demo --leads 1000000`: the demo company, grown to that many leads."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import demo as people
from leads.demo.generate import grow
from leads.demo.saved_views import share_views
from leads.demo.today import hand_out
from leads.models import Lead

FIRST_SIZE = 4_000


class Command(BaseCommand):
    help = "Load the demo company, or grow it to a number of leads."

    def add_arguments(self, parser):
        parser.add_argument("--leads", type=int, default=FIRST_SIZE)

    def handle(self, *args, leads, **options):
        if not settings.DEMO:
            raise CommandError(
                "This is a production system; the demo company is only for LEADWELL_MODE=demo."
            )
        install_people()
        share_views()
        added = grow(leads, say=self.stdout.write)
        self.stdout.write(f"{added:,} leads added.")


def load_at_first(say: Callable[[str], None]) -> None:
    """The demo company, where there is none yet; a first start that was broken off is completed."""
    install_people()
    if not Lead.objects.exists():
        say("Loading the demo company …")
        share_views()
        grow(FIRST_SIZE, say=say)
        hand_out()


def install_people() -> str:
    """Make the demo's people; the password is kept beside the data so that later starts can print it again.

    Where the one kept is lost or the environment names another, all demo accounts get the new one.
    """
    kept = demo_password()
    password = kept or secrets.token_urlsafe(9)
    if not settings.ENVIRONMENT.demo_password:
        path = settings.DATA / "demo_password"
        path.touch(mode=0o600)
        path.write_text(password)
    people.install(password)
    if settings.ENVIRONMENT.demo_password or not kept:
        people.give_password(password)
    return password


def demo_password() -> str:
    """The one password of the demo accounts, or '' before there is one."""
    path = settings.DATA / "demo_password"
    return settings.ENVIRONMENT.demo_password or (path.read_text() if path.exists() else "")
