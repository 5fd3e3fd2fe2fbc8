"""Programs register themselves: anyone may, so not too often, not for long, and nothing is believed."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assistants.jobs import delete_unused_programs
from assistants.models import AssistantProgram
from assistants.sign_in import registration
from tests.assistants.sign_in.connecting import BACK, ConnectedProgram


def test_a_program_gets_an_id_and_no_secret(db):
    answer = ConnectedProgram().register(token_endpoint_auth_method="client_secret_post")
    found = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    assert (found["redirect_uris"], found["client_name"]) == ([BACK], "Claude")
    assert found["token_endpoint_auth_method"] == "none"
    assert "client_secret" not in found
    assert AssistantProgram.objects.get().public_id == found["client_id"]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("{", 400, "invalid_client_metadata"),
        ("[" * 9_000, 400, "invalid_client_metadata"),
        ("[]", 400, "invalid_client_metadata"),
        (json.dumps({"redirect_uris": ["http://example.com/"]}), 400, "invalid_redirect_uri"),
        (json.dumps({"redirect_uris": [BACK], "client_name": "\udcff"}), 201, None),
        (json.dumps({"redirect_uris": [BACK], "client_name": "a\0b"}), 201, None),
        (json.dumps({"redirect_uris": [BACK], "client_name": "a" * 30_000}), 413, "invalid_request"),
    ],
)
def test_what_can_not_be_used_is_refused_and_nothing_is_kept(db, body, status, error):
    answer = Client().post("/oauth/register", body, "application/json")
    assert (answer.status_code, answer.json().get("error")) == (status, error)
    assert AssistantProgram.objects.exists() == (status == 201)


def test_one_address_registers_only_so_many_programs_in_an_hour(db, monkeypatch):
    monkeypatch.setattr(registration, "MOST_IN_AN_HOUR", 2)
    here, there = (ConnectedProgram(client=Client(REMOTE_ADDR=f"203.0.113.{last}")) for last in (1, 2))
    assert [here.register().status_code for _ in range(3)] == [201, 201, 429]
    assert there.register().status_code == 201
    AssistantProgram.objects.update(registered_at=timezone.now() - timedelta(hours=1, seconds=1))
    assert here.register().status_code == 201


def test_all_together_register_only_so_many_that_no_one_has_agreed_to(sign_in, ada, monkeypatch):
    monkeypatch.setattr(registration, "MOST_UNUSED", 1)
    program = ConnectedProgram()
    assert program.register().status_code == 201
    assert ConnectedProgram().register().status_code == 429
    program.ask(sign_in(ada))
    assert ConnectedProgram().register().status_code == 201


def test_a_registration_that_no_one_has_agreed_to_is_removed_after_a_day_and_its_address_at_once(
    sign_in, ada
):
    used, unused = ConnectedProgram(), ConnectedProgram()
    used.register()
    unused.register()
    used.ask(sign_in(ada))
    assert AssistantProgram.objects.get(public_id=used.id).address is None
    assert delete_unused_programs() == 0
    AssistantProgram.objects.update(registered_at=timezone.now() - timedelta(days=1, seconds=1))
    assert delete_unused_programs() == 1
    assert AssistantProgram.objects.get().public_id == used.id
