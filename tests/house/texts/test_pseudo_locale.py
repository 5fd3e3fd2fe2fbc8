"""In a language that puts ⟦ ⟧ around every text, no page shows a word outside them, except what people typed."""

import logging
import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from accounts.models import Department, Role, User
from crm.models import Tag
from crm.records.history.verb_execution import operation
from intake.models import WebForm
from leads.models import Pipeline
from mailings.models import Mailing
from tests.crm.transfer.exports.exporting import Whole
from tests.database.vacuumed import world_known_to_planner
from tests.examples import one_in
from tests.house.texts.pseudo import CODE, spoken, unmarked
from tests.matrix.asking import Asker, undone
from tests.matrix.declared.every_url import DECLARED
from tests.matrix.oracle import THINGS, expected
from tests.matrix.read_once import session_and_user_read_once
from tests.matrix.world import World

# Texts that people typed, and texts that are the same in every language.
WORDS = "text|note|view|head|cell|name|leads|problem"
DATA = re.compile(
    rf"""
    [\w.+]+@[\w.]+                                       # addresses
    | (\S*qq\S* | \S*zz\S* | \bsome\w+)(\.\w+)?(\ ({WORDS}))*  # names and texts of this world
    | \bCall\b | \bTwice\b | (some\ )?shared\ view | ^\ *test\ *$
    | Ada\ Popescu | Bob\ Moreau | Conrad\ Weiss | Mihai\ Ionescu | Oana\ Radu | Sofia\ Marin
    | Novák | Nina\ New | Another\ Name | \b(Mine|Trainee|Fair|Waiting|cold|Support|Partners)\b | Too\ far
    | /book/\S+                                         # addresses of booking pages
    | accounts\.invalid | push\.example\.com            # servers
    | Leadwell | XLSX | DKIM | DMARC | (UTF|utf)-\d+ | (Windows|ISO|DOS)[\ -][\d-]+ | Mac\ Roman | https?://\S+
    | \b[A-Z]{{1,3}}\d*\b                                # currencies, cells of a sheet
    | <(iframe|form)\s[\s\S]*                            # code for other sites
    | \bEnglish\b | \bRomână\b | \bPseudo\b
    """,
    re.VERBOSE,
)
# The headers of the file, and the error in it.
IN_FILE = re.compile(DATA.pattern + r"| \bName\b | \bEmail\b | \bname\b | ,?\ is\ none", re.VERBOSE)
# Not pages, and the API documentation, which is always in English.
NOT_ASKED = {"language", "healthz", "readyz", "api/docs"}


pytestmark = [pytest.mark.hard, pytest.mark.django_db]


@pytest.fixture(scope="module")
def asker(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world of the permission matrix, once for all people; every name in it differs from the product's texts."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
        spoken(),
        patch("crm.transfer.exports.export_response.start_export_writing", return_value=Whole(b"the file")),
        patch("crm.records.history.audit_log.views.audit_log.stream_workbook", return_value=[b"the file"]),
        # No page of this world is so late that it records the use of its session.
        patch("accounts.authentication.sessions.EXACT", timedelta(days=1)),
    ):
        world = World()
        for model in (User, Department, Role, Pipeline, Tag):
            rename(model)
        for user in world.people.values():
            # The audit log keeps the name with which they sign in.
            user.refresh_from_db(fields=["name"])
        User.objects.update(language=CODE)
        with operation("test", by=None):
            WebForm.objects.update(language=CODE)
            Mailing.objects.update(language=CODE)
        made = Asker(world)
        made.folder = settings.MEDIA_ROOT
        with world_known_to_planner():
            yield made
        transaction.set_rollback(True)
    logging.getLogger("django.request").setLevel(logging.NOTSET)


@pytest.fixture(autouse=True)
def files_of_the_world(settings, asker):
    settings.MEDIA_ROOT = asker.folder


def rename(model) -> None:
    with operation("test", by=None):
        for row in model.objects.all():
            if getattr(row, "key", "") or (model is Pipeline and row.name == "Sales"):
                continue
            model.objects.filter(pk=row.pk).update(name=f"{model.__name__[0]}qq{row.pk}")


PEOPLE = ["administrator", "manager", "anonymous"]
AT_NIGHT = [
    pytest.param(person, True, id=f"{person} everything", marks=pytest.mark.nightly) for person in PEOPLE
]


@pytest.mark.parametrize(
    ("person", "everything"), one_in(2, [(person, False) for person in PEOPLE]) + AT_NIGHT
)
def test_no_page_shows_an_unmarked_text(asker, person, everything):
    """Each page of one thing, which differs from row to row, and at night of everything that answers."""
    found: dict[str, list[str]] = {}
    for place, row in enumerate(DECLARED):
        if row.path in NOT_ASKED:
            continue
        things = [thing for thing in THINGS.get(row.of, [""]) if expected(row, person, thing) == "answer"]
        turn = place % len(things) if things and row.method == "GET" else 0
        for thing in things if row.method == "GET" and everything else things[turn : turn + 1]:
            for data in [row.data, {}] if row.method == "POST" else [{}]:
                page = shown(asker, row, person, thing, data)
                for text in unmarked(page, IN_FILE if "imports" in row.path else DATA):
                    found.setdefault(text, []).append(f"{row.name} {thing}")
    if found:
        pytest.fail("\n".join(f"{text}: {where[:3]}" for text, where in sorted(found.items())), pytrace=False)


def shown(asker, row, person: str, thing: str, data: dict) -> str:
    """The resulting page, or "" if there is none."""
    client = asker.client(person, headers={"accept-language": CODE})
    values = {name: asker.world.filled(value) for name, value in data.items()}
    with undone():
        address = asker.address(row, person, thing)
        # Not the page that follows, because the request may have changed session and user.
        with session_and_user_read_once(asker.kept):
            answer = client.get(address) if row.method == "GET" else client.post(address, values)
        assert answer.status_code < 500, row.name
        if answer.status_code in (302, 303) and not answer["Location"].startswith("/login"):
            answer = client.get(answer["Location"])
    kind = answer.headers.get("Content-Type", "")
    return answer.content.decode() if kind.startswith("text/html") and not answer.streaming else ""
