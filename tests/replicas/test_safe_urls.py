"""Every safe URL of the permission matrix, asked on a standby: none writes, and each answers as the primary does."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client

from crm.replicas import reading
from tests.matrix import asking
from tests.matrix.asking import Asker
from tests.matrix.declared import DECLARED
from tests.matrix.declared_api import API
from tests.matrix.oracle import THINGS
from tests.matrix.test_api import Programs
from tests.matrix.world import World

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

SAFE = [row for row in DECLARED if row.method == "GET"]


@pytest.fixture
def asker(replica, settings):
    """The world of the matrix, this time committed, so that the standby has it."""
    with (
        patch("accounts.sessions.EXACT", timedelta(days=1)),
        patch("crm.web.confirmation.LASTS", timedelta(days=1)),
    ):
        made = Asker(World())
        replica.caught_up()
        yield made


def test_every_safe_url_is_answered_by_a_standby_as_by_the_primary(asker, answers, monkeypatch):
    written, differ, asked = [], [], 0
    monkeypatch.setattr(reading, "THE_SAME_THERE", {reading.QUERY_CANCELED})
    for row in SAFE:
        person = "administrator"
        address = asker.address(row, person, THINGS[row.of][0] if row.of else "")
        answers.clear()
        on_replica = sent(asker, address, person)
        found = [outcome for _alias, outcome in answers]
        if "failed" in found:
            written.append(f"{row.name}: {found}")
        with patch.object(reading, "chosen", return_value=None):
            on_primary = sent(asker, address, person)
        if on_replica[0] != on_primary[0]:
            differ.append(f"{row.name}: {on_replica[0]} instead of {on_primary[0]}")
        asked += "answered" in found
    assert (written, differ) == ([], [])
    assert asked > 200, asked


def test_every_safe_call_of_the_apis_is_answered_by_a_standby_without_writing(
    asker, replica, answers, monkeypatch
):
    monkeypatch.setattr(reading, "THE_SAME_THERE", {reading.QUERY_CANCELED})
    programs, wrong, asked = Programs(asker), [], 0
    replica.caught_up()
    for call in [call for call in API if call.method == "GET"]:
        person = "administrator"
        address = programs.address(call, person, THINGS[call.of][0] if call.of else "")
        secret = programs.secrets[person]
        header = {"authtoken": secret} if call.dialect == "connect" else {"Authorization": f"Bearer {secret}"}
        answers.clear()
        answer = Client().get(address, headers=header)
        if answer.streaming:
            b"".join(answer.streaming_content)
        found = [outcome for _alias, outcome in answers]
        if "failed" in found or answer.status_code not in call.answers:
            wrong.append(f"{call.name}: {answer.status_code} {found}")
        asked += "answered" in found
    assert wrong == []
    assert asked > 30, asked


def sent(asker: Asker, address: str, person: str) -> tuple[int, bytes]:
    client: Client = asker.client(person)
    answer = client.get(address)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, asking.TOKEN.sub(b"", content)
