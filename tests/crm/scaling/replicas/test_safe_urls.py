"""Every safe URL of the permission matrix, asked on a standby: none writes, and each answers as the primary does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from unittest.mock import patch

import pytest
from django.db import Error, connections
from django.http import HttpResponseBase
from django.test import Client

from crm.platform.web.transactions import READ_ONLY, get_sqlstate
from crm.scaling.replicas import replica_choice
from reports.engine import answer_cache
from tests.matrix import asking
from tests.matrix.asking import Asker
from tests.matrix.declared.api import API
from tests.matrix.declared.every_url import DECLARED
from tests.matrix.oracle import THINGS
from tests.matrix.test_api import Programs
from tests.matrix.world import World

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

SAFE = [row for row in DECLARED if row.method == "GET"]
# Pages that keep numbers that took long to count.
KEEPING = [row for row in SAFE if row.path.startswith(("admin/reports", "admin/today"))]
SAFE_CALLS = [call for call in API if call.method == "GET"]
Shown = tuple[int, bytes]
# Who asks, and how many at least a standby answers: a twelfth of the pages and every fourth call, and each night all of them.
FEW = 15
LOOKS = [
    ("administrator", FEW),
    pytest.param("administrator", 200, marks=pytest.mark.nightly),
    pytest.param("rep", 100, marks=pytest.mark.nightly),
]
FEW_CALLS = 6
CALLS = [
    ("administrator", FEW_CALLS),
    pytest.param("administrator", 30, marks=pytest.mark.nightly),
    pytest.param("rep", 15, marks=pytest.mark.nightly),
]


@pytest.fixture
def asker(replica, monkeypatch):
    """The world of the matrix, this time committed, so that the standby has it. No number takes long to count."""
    monkeypatch.setattr(answer_cache, "LONG", 3600)
    with (
        patch("accounts.authentication.sessions.EXACT", timedelta(days=1)),
        patch("crm.platform.web.password_confirmation.LASTS", timedelta(days=1)),
    ):
        made = Asker(World())
        replica.caught_up()
        yield made


@contextmanager
def written_there() -> Iterator[list[str]]:
    """The statements that tried to write on the standby, also those that run after a commit, or whose error was hidden."""
    found: list[str] = []

    def note(execute, sql, parameters, many, context):
        try:
            return execute(sql, parameters, many, context)
        except Error as error:
            if get_sqlstate(error) == READ_ONLY:
                found.append(str(sql)[:200])
            raise

    with connections["replica1"].execute_wrapper(note):
        yield found


def differences(ask: Callable[[], Shown]) -> Iterator[str]:
    """Of the answer on the standby from that on the primary. One that isn't the same twice there, such as a file with its time,
    has only its status compared."""
    with patch.object(replica_choice, "choose_replica", return_value=None):
        before = ask()
    on_replica = ask()
    with patch.object(replica_choice, "choose_replica", return_value=None):
        after = ask()
    if on_replica[0] != before[0]:
        yield f"{on_replica[0]} instead of {before[0]}"
    elif on_replica != before == after:
        yield "another content"


@pytest.mark.parametrize(("person", "most"), LOOKS)
def test_every_safe_url_is_answered_by_a_standby_as_by_the_primary(asker, replica, answers, person, most):
    wrong, asked = [], 0
    with written_there() as written:
        for row in SAFE if most > FEW else SAFE[::12]:
            address = asker.address(row, person, THINGS[row.of][0] if row.of else "")
            answers.clear()
            wrong += [f"{row.name}: {word}" for word in differences(partial(sent, asker, address, person))]
            asked += ("replica1", "answered") in answers
    assert (wrong, written) == ([], [])
    assert asked > most, asked


def test_no_page_that_keeps_what_took_long_to_count_writes_on_the_standby(asker, replica, monkeypatch):
    monkeypatch.setattr(answer_cache, "LONG", 0)
    monkeypatch.setattr(answer_cache, "WORTH", -1)
    with written_there() as written:
        for row in KEEPING:
            address = asker.address(row, "administrator", THINGS[row.of][0] if row.of else "")
            assert sent(asker, address, "administrator")[0] < 500, row.name
    assert written == []


@pytest.mark.parametrize(("person", "most"), CALLS)
def test_every_safe_call_of_the_apis_is_answered_by_a_standby_as_by_the_primary(
    asker, replica, answers, person, most
):
    programs, wrong, asked = Programs(asker), [], 0
    replica.caught_up()
    with written_there() as written:
        for call in SAFE_CALLS if most > FEW_CALLS else SAFE_CALLS[::4]:
            address = programs.address(call, person, THINGS[call.of][0] if call.of else "")
            secret = programs.secrets[person]
            header = (
                {"authtoken": secret} if call.dialect == "connect" else {"Authorization": f"Bearer {secret}"}
            )
            answers.clear()
            wrong += [f"{call.name}: {word}" for word in differences(partial(called, address, header))]
            asked += ("replica1", "answered") in answers
    assert (wrong, written) == ([], [])
    assert asked > most, asked


def sent(asker: Asker, address: str, person: str) -> Shown:
    return shown(asker.client(person).get(address))


def called(address: str, headers: dict[str, str]) -> Shown:
    return shown(Client().get(address, headers=headers))


def shown(answer: HttpResponseBase) -> Shown:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, asking.TOKEN.sub(b"", content)
