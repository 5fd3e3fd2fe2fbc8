"""login, logout and whoami: where the token is stored, and where it never is."""

import json
import stat

import httpx
import pytest
from leadwell.connection.addresses import parse_address
from leadwell.connection.profiles import get_file
from leadwell.failures import Exit, Failure

from tests.api.conftest import make_token
from tests.command_line.conftest import ADDRESS, build_problem


def test_a_token_is_checked_and_stored_for_its_owner_alone(leadwell, ann):
    secret = make_token(ann)
    answered = leadwell("login", ADDRESS, "--token-stdin", typed=f"{secret}\n")
    assert "Signed in at http://127.0.0.1:8000 as " in answered.err
    assert ann.email in answered.err
    assert json.loads(get_file().read_text()) == {"default": {"address": ADDRESS, "token": secret}}
    assert stat.S_IMODE(get_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(get_file().parent.stat().st_mode) == 0o700
    assert [path.name for path in get_file().parent.iterdir()] == ["profiles.json"]


def test_a_token_that_does_not_work_is_not_stored(leadwell, cast):
    answered = leadwell("login", ADDRESS, "--token-stdin", typed="lw_wrong", code=Exit.SIGN_IN)
    assert "This token doesn't exist or was revoked." in answered.err
    assert not get_file().exists()


def test_the_address_of_something_else_is_not_stored(leadwell, server):
    server.faults = [httpx.Response(200, json={"hello": "world"})]
    answered = leadwell("login", ADDRESS, "--token-stdin", typed="lw_a", code=Exit.CONNECTION)
    assert "isn't a Leadwell" in answered.err
    assert not get_file().exists()


@pytest.mark.parametrize("typed", ["", "\n", "two words", "naïve"])
def test_what_cannot_be_a_token_is_not_sent(leadwell, server, typed):
    leadwell("login", ADDRESS, "--token-stdin", typed=typed, code=Exit.SIGN_IN)
    assert server.called == []


def test_the_token_is_asked_for_without_showing_it(leadwell, ann, monkeypatch):
    secret, hidden = make_token(ann), []
    monkeypatch.setattr("typer.prompt", lambda _text, **how: hidden.append(how["hide_input"]) or secret)
    answered = leadwell("login", ADDRESS, at_terminal=True)
    assert hidden == [True]
    assert secret not in answered.out + answered.err


def test_whoami_says_who_the_token_acts_for_and_what_it_may_do(signed_in, ann):
    leadwell = signed_in(ann, ["leads.get", "leads.post"])
    shown = leadwell("whoami").out
    assert ann.email in shown
    assert "leads  read, add" in shown
    assert leadwell("whoami", "--output", "json").json["rights"] == ["leads.get", "leads.post"]


def test_profiles_are_separate(signed_in, ann, bob, leadwell):
    signed_in(ann)
    leadwell("--profile", "bob", "login", ADDRESS, "--token-stdin", typed=make_token(bob))
    assert leadwell("whoami", "-o", "json").json["email"] == ann.email
    assert leadwell("--profile", "bob", "whoami", "-o", "json").json["email"] == bob.email
    leadwell("logout")
    leadwell("whoami", code=Exit.SIGN_IN)
    assert leadwell("--profile", "bob", "whoami", "-o", "json").json["email"] == bob.email


def test_signing_out_deletes_the_file_of_the_last_token(ann_types):
    assert "revoke it" in ann_types("logout").err
    assert not get_file().exists()
    assert "You aren't signed in." in ann_types("logout", code=Exit.SIGN_IN).err


def test_without_a_token_a_command_says_how_to_sign_in(leadwell, server):
    assert "leadwell login ADDRESS" in leadwell("leads", "list", code=Exit.SIGN_IN).err
    assert server.called == []


def test_the_environment_comes_before_the_stored_token(ann_types, bob, monkeypatch):
    monkeypatch.setenv("LEADWELL_URL", ADDRESS)
    monkeypatch.setenv("LEADWELL_TOKEN", make_token(bob))
    assert ann_types("whoami", "-o", "json").json["email"] == bob.email


def test_a_stored_token_is_not_sent_to_another_address_of_the_environment(ann_types, server, monkeypatch):
    before = len(server.called)
    monkeypatch.setenv("LEADWELL_URL", "https://elsewhere.example")
    assert "LEADWELL_TOKEN" in ann_types("leads", "list", code=Exit.SIGN_IN).err
    assert len(server.called) == before
    monkeypatch.setenv("LEADWELL_URL", f"{ADDRESS}/")
    ann_types("whoami")


def test_a_token_of_the_environment_alone_goes_nowhere_without_an_address(leadwell, server, monkeypatch):
    monkeypatch.setenv("LEADWELL_TOKEN", "lw_a")
    assert "LEADWELL_URL" in leadwell("whoami", code=Exit.SIGN_IN).err
    assert server.called == []


def test_a_redirect_to_another_host_is_refused_and_the_token_not_sent_there(ann_types, server):
    for status in (301, 302, 303, 307, 308):
        server.called, server.faults = (
            [],
            [httpx.Response(status, headers={"Location": "https://evil.example/api"})],
        )
        answered = ann_types("leads", "list", code=Exit.CONNECTION)
        assert "leads to https://evil.example/api. The token wasn't sent there." in answered.err
        assert [one.url.host for one in server.called] == ["127.0.0.1"]


def test_no_command_ever_writes_the_token(ann_types, server, tmp_path):
    for words in (["whoami"], ["--help"], ["leads", "list"], ["leads", "get", "1"], ["bogus"], ["logout"]):
        answered = ann_types(*words, code=None)
        assert ann_types.secret not in answered.out + answered.err
    ann_types("login", ADDRESS, "--token-stdin", typed=ann_types.secret)
    server.faults = [httpx.ConnectError(f"no route for {ann_types.secret}")] * 9
    answered = ann_types("whoami", code=Exit.CONNECTION)
    assert ann_types.secret not in answered.out + answered.err
    server.faults = [build_problem(500, "broken"), RuntimeError("a fault of the program")]
    ann_types("whoami", code=Exit.CONNECTION)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://crm.example.com", "https://crm.example.com"),
        ("https://crm.example.com/leads?status=3", "https://crm.example.com"),
        ("https://crm.example.com:8443/", "https://crm.example.com:8443"),
        ("crm.example.com", "https://crm.example.com"),
        ("  https://CRM.example.com ", "https://crm.example.com"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_is_read_without_its_path(typed, address):
    assert parse_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "http://crm.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "https://ann:secret@crm.example.com",
        "https://crm.example.com@evil.example",
        "ftp://crm.example.com",
        "https://",
        "",
        "https://crm.example.com:port",
        "https://crm example.com",
    ],
)
def test_an_address_to_which_a_token_must_not_go_is_refused(typed):
    with pytest.raises(Failure) as refused:
        parse_address(typed)
    assert refused.value.code is Exit.USAGE
