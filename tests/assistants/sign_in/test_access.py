"""The access of a program: once for each code, for an hour, renewed in exchange; what is used twice ends the connection."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccountChange
from assistants.models import AssistantConnection
from crm.models import Token
from tests.assistants.sign_in.connecting import BACK, VERIFIER, ConnectedProgram


@pytest.fixture
def at(monkeypatch):
    """at(hours=3) moves the clock to so long after the beginning of the test."""
    start = timezone.now()

    def move(**passed) -> None:
        monkeypatch.setattr(timezone, "now", lambda: start + timedelta(**passed))

    move()
    return move


@pytest.fixture
def program(sign_in, ann):
    """One with a code that it hasn't used yet."""
    found = ConnectedProgram()
    found.register()
    found.ask(sign_in(ann))
    return found


def read_error(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


REFUSED = (400, "invalid_grant")


def test_a_code_becomes_an_access_for_an_hour_and_a_renewal_and_only_hashes_are_stored(program, ann):
    answer = program.exchange()
    found = answer.json()
    assert answer["Cache-Control"] == "no-store"
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 3600)
    assert program.as_assistant().use("get_own_limits")["data"]["user"]["email"] == ann.email
    stored = f"{Token.objects.values()}{AssistantConnection.objects.values()}"
    assert not any(secret in stored for secret in (program.code, program.access, program.renewal))


CHALLENGED = "it-is-the-challenge-and-not-what-it-was-made-from"
WRONG_CODES: dict[str, tuple[dict[str, str | None], tuple[int, str]]] = {
    "no verifier": ({"code_verifier": None}, REFUSED),
    "an empty verifier": ({"code_verifier": ""}, REFUSED),
    "another verifier": ({"code_verifier": f"{VERIFIER}x"}, REFUSED),
    "a verifier with letters that no one may send": ({"code_verifier": "é" * 43}, REFUSED),
    "a verifier that is too long": ({"code_verifier": "a" * 129}, REFUSED),
    "another code": ({"code": "lwc_other"}, REFUSED),
    "no code": ({"code": None}, REFUSED),
    "a code with a byte that no text has": ({"code": "a\0b"}, REFUSED),
    "another address": ({"redirect_uri": f"{BACK}/more"}, REFUSED),
    "no address": ({"redirect_uri": None}, REFUSED),
    "no program": ({"client_id": None}, (401, "invalid_client")),
    "a program that isn't known": ({"client_id": "lwp_unknown"}, (401, "invalid_client")),
    "the resource of another server": ({"resource": "https://example.net/mcp"}, (400, "invalid_target")),
    "another grant": ({"grant_type": "password"}, (400, "unsupported_grant_type")),
    "no grant": ({"grant_type": None}, (400, "unsupported_grant_type")),
}


@pytest.mark.parametrize("name", WRONG_CODES)
def test_a_code_is_worth_nothing_without_all_that_belongs_to_it_and_stays_valid(program, name):
    changed, expected = WRONG_CODES[name]
    assert read_error(program.exchange(**changed)) == expected
    assert program.exchange().status_code == 200


def test_the_challenge_itself_is_no_verifier(program):
    assert read_error(program.exchange(code_verifier=program.connection.challenge)) == REFUSED


def test_the_code_of_one_program_is_worth_nothing_to_another(program):
    other = ConnectedProgram()
    other.register()
    assert read_error(program.exchange(client_id=other.id)) == REFUSED
    assert program.exchange().status_code == 200


def test_a_parameter_that_is_sent_twice_is_refused(program):
    sent = f"grant_type=authorization_code&client_id={program.id}&client_id={program.id}"
    answer = Client().post("/oauth/token", sent, "application/x-www-form-urlencoded")
    assert read_error(answer) == (400, "invalid_request")


def test_a_code_is_valid_for_two_minutes(sign_in, ann, at):
    program = ConnectedProgram()
    program.register()
    program.ask(sign_in(ann))
    at(seconds=120)
    assert read_error(program.exchange()) == REFUSED
    at(seconds=119)
    assert program.exchange().status_code == 200


def test_a_code_that_is_used_twice_ends_what_was_made_from_it_and_the_user_is_notified(program, ann):
    program.exchange()
    assert program.call_status() == 200
    assert read_error(program.exchange()) == REFUSED
    assert program.call_status() == 401
    assert read_error(program.renew()) == REFUSED
    change = AccountChange.objects.newest_first().first()
    assert (change.user, change.by, change.kind) == (ann, None, "assistant_removed")


def test_an_access_ends_after_an_hour_and_is_renewed_with_all_that_was_chosen(sign_in, ann, at):
    program = ConnectedProgram().connect(sign_in(ann), records_per_hour=7)
    at(minutes=59, seconds=59)
    assert program.call_status() == 200
    at(hours=1)
    assert program.call_status() == 401
    before = program.access
    assert program.renew().status_code == 200
    assert program.access != before
    assert program.call_status() == 200
    assert program.as_assistant().use("get_own_limits")["data"]["records_per_hour"] == 7


def test_a_renewal_ends_the_access_before_it(sign_in, ann):
    program = ConnectedProgram().connect(sign_in(ann))
    before = program.access
    program.renew()
    assert program.call_status() == 200
    program.access = before
    assert program.call_status() == 401


@pytest.mark.parametrize("renewals_since", [1, 3])
def test_a_renewal_that_is_used_twice_ends_the_connection(sign_in, ann, renewals_since):
    program = ConnectedProgram().connect(sign_in(ann))
    first = program.renewal
    for _ in range(renewals_since):
        assert program.renew().status_code == 200
    assert read_error(program.renew(refresh_token=first)) == REFUSED
    assert program.call_status() == 401
    assert read_error(program.renew()) == REFUSED


WRONG_RENEWALS: dict[str, tuple[dict[str, str | None], tuple[int, str]]] = {
    "another renewal": ({"refresh_token": "lwr_other"}, REFUSED),
    "none": ({"refresh_token": None}, REFUSED),
    "the resource of another server": ({"resource": "https://example.net/mcp"}, (400, "invalid_target")),
    "a program that isn't known": ({"client_id": "lwp_unknown"}, (401, "invalid_client")),
}


@pytest.mark.parametrize("name", WRONG_RENEWALS)
def test_a_renewal_is_worth_nothing_without_all_that_belongs_to_it_and_stays_valid(sign_in, ann, name):
    changed, expected = WRONG_RENEWALS[name]
    program = ConnectedProgram().connect(sign_in(ann))
    assert read_error(program.renew(**changed)) == expected
    assert program.renew().status_code == 200


def test_the_renewal_of_one_program_is_worth_nothing_to_another(sign_in, ann):
    program, other = ConnectedProgram().connect(sign_in(ann)), ConnectedProgram()
    other.register()
    assert read_error(program.renew(client_id=other.id)) == REFUSED
    assert program.renew().status_code == 200


def test_a_connection_that_is_not_renewed_for_thirty_days_ends(sign_in, ann, at):
    program = ConnectedProgram().connect(sign_in(ann))
    at(days=29)
    assert program.renew().status_code == 200
    at(days=58)
    assert program.renew().status_code == 200
    at(days=88)
    assert read_error(program.renew()) == REFUSED


def test_a_connection_ends_after_a_year_however_often_it_is_renewed(sign_in, ann, at):
    program = ConnectedProgram().connect(sign_in(ann))
    for day in range(20, 365, 20):
        at(days=day)
        assert program.renew().status_code == 200
    at(days=365)
    assert read_error(program.renew()) == REFUSED
    assert program.call_status() == 401


def test_an_access_opens_nothing_but_the_address_for_assistants(sign_in, ann):
    program = ConnectedProgram().connect(sign_in(ann))
    answer = Client().get("/api/v2/leads", headers={"Authorization": f"Bearer {program.access}"})
    assert answer.status_code == 401
    answer = Client().post("/mcp", headers={"Authorization": f"Bearer {program.renewal}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("name", ["access", "renewal"])
def test_a_program_gives_its_access_back(sign_in, ann, noted, name):
    program = ConnectedProgram().connect(sign_in(ann))
    sent = {"token": getattr(program, name), "client_id": program.id}
    (line,) = noted(lambda: Client().post("/oauth/revoke", sent))
    assert (line["event"], line["of"], line["token"]) == ("account_assistant_removed", ann.pk, "Claude")
    assert program.call_status() == 401
    assert read_error(program.renew()) == REFUSED
    assert Client().post("/oauth/revoke", sent).status_code == 200


def test_no_program_gives_back_the_access_of_another(sign_in, ann):
    program, other = ConnectedProgram().connect(sign_in(ann)), ConnectedProgram()
    other.register()
    for token in (program.access, program.renewal, "unknown", "a\0b"):
        assert Client().post("/oauth/revoke", {"token": token, "client_id": other.id}).status_code == 200
    assert Client().post("/oauth/revoke", {"client_id": program.id}).status_code == 400
    assert program.call_status() == 200
