"""An identity provider that can't be reached, is slow, or answers with something else."""

import pytest
from django.test import Client

from accounts.models import Role
from crm.platform.web import outgoing_calls
from tests.accounts.single_sign_on.providing import (
    AUTHORIZE,
    DOCUMENT,
    KEYS,
    TOKEN,
    assert_not_signed_in,
    begin,
    set_up,
    sign_in_with,
)


@pytest.fixture
def acme(server, departments):
    return set_up(server, default_role=Role.objects.get(key="rep"))


def test_a_provider_that_cannot_be_reached_leaves_a_sentence(client, server, acme):
    server.shutdown()
    server.server_close()
    answer = client.get(f"/login/provider/{acme.pk}")
    assert_not_signed_in(client, answer, "Acme can’t be reached at the moment. Try again later.")


BROKEN = {
    "an error": (500, b"oops"),
    "no JSON": (200, b"<html>"),
    "a list": (200, b"[]"),
    "too long": (200, b'"' + b"x" * 300_000 + b'"'),
    "a deep list": (200, b"[" * 100_000),
    "a redirect": (302, b""),
}


@pytest.mark.parametrize("path", [DOCUMENT, KEYS, TOKEN])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_provider_that_answers_with_something_else_leaves_a_sentence(client, server, acme, path, broken):
    if path != TOKEN:
        server.answers[path] = broken
        answer = client.get(f"/login/provider/{acme.pk}")
    else:
        address = begin(client, acme)
        server.answers[path] = broken
        answer = client.get(server.back_from(address))
    assert_not_signed_in(client, answer, "Acme")


def test_a_provider_that_does_not_answer_in_time_leaves_a_sentence(client, server, acme, monkeypatch):
    address = begin(client, acme)
    monkeypatch.setattr(outgoing_calls, "LONGEST", 0.3)
    server.pause = 20
    assert_not_signed_in(client, client.get(server.back_from(address)), "can’t be reached")


def test_settings_that_were_read_before_are_used_while_the_provider_does_not_publish_them(
    client, server, acme
):
    sign_in_with(Client(), server, acme)
    acme.refresh_from_db()
    acme.read_at = None
    acme.save()
    server.answers[DOCUMENT] = (500, b"")
    assert begin(client, acme).startswith(server.issuer + AUTHORIZE)
