"""The page on which a user agrees: what it says, who may see it, what it makes, and where it leads."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.jobs import mail_account_change
from accounts.models import AccountChange
from assistants.models import AssistantConnection, AssistantLimits
from assistants.rights import get_first_rights
from crm.models import Token
from tests.assistants.sign_in.connecting import ANSWER, BACK, ConnectedProgram, read_back
from tests.conftest import PASSWORD


@pytest.fixture
def program(db):
    found = ConnectedProgram()
    found.register()
    return found


def test_the_page_says_who_asks_where_the_access_goes_and_as_whom(sign_in, ann, program):
    program.register(client_name="<b>Claude</b> by Leadwell")
    answer = sign_in(ann).get(program.build_address())
    page = answer.content.decode().replace("<wbr>", "")
    assert "calls itself “&lt;b&gt;Claude&lt;/b&gt; by Leadwell”" in page
    assert "the website example.com" in page
    assert f"Ann ({ann.email})" in page
    assert not Token.objects.exists()


def test_enter_in_a_field_agrees_as_the_primary_button_does(sign_in, ann, program):
    page = sign_in(ann).get(program.build_address()).text
    first = re.search(r"<button[^>]*", page.partition('<form class="stack"')[2])[0]
    assert 'name="decision" value="connect"' in first


def test_only_this_page_may_lead_to_the_program(sign_in, ann, program):
    browser = sign_in(ann)
    policy = browser.get(program.build_address())["Content-Security-Policy"]
    assert "form-action 'self' https://example.com" in policy
    assert "form-action 'self';" in browser.get("/profile")["Content-Security-Policy"] + ";"


def test_agreeing_makes_a_connection_of_this_user_with_what_they_chose(sign_in, ann, program, noted):
    browser = sign_in(ann)
    told = {}
    (line,) = noted(lambda: told.update(program.ask(browser, name="My helper", records_per_hour=20)))
    assert (line["event"], line["user"], line["after"]) == (
        "account_assistant_connected",
        ann.pk,
        ["My helper"],
    )
    assert (told["state"], told["iss"]) == ("some state", "http://127.0.0.1:8000")
    token = Token.objects.get()
    assert (token.user, token.name, token.purpose) == (ann, "My helper", "assistant")
    assert token.rights == get_first_rights(ann)
    assert not any(right.endswith(".delete") for right in token.rights)
    limits = AssistantLimits.objects.get()
    assert (limits.records_per_hour, limits.may_send) == (20, False)


def test_the_user_gets_an_email_about_each_connection(sign_in, ann, program, mailoutbox):
    program.ask(sign_in(ann), name="My helper")
    change = AccountChange.objects.get()
    assert ProcrastinateJob.objects.filter(task_name="mail_account_change").count() == 1
    mail_account_change(change.pk)
    (mail,) = mailoutbox
    assert mail.to == [ann.email]
    assert "Assistant “My helper” connected" in mail.body


@pytest.mark.parametrize(
    ("sent", "read_only"),
    [({"access": "read"}, True), ({"access": "chosen", "rights": ["leads.get"]}, None)],
)
def test_the_user_chooses_to_read_only_or_each_permission(sign_in, ann, program, sent, read_only):
    program.ask(sign_in(ann), **sent)
    expected = get_first_rights(ann, read_only=True) if read_only else ["leads.get"]
    assert Token.objects.get().rights == expected


def test_not_agreeing_tells_the_program_so_and_makes_nothing(sign_in, ann, program):
    told = program.ask(sign_in(ann), decision="deny")
    assert (told["error"], told["state"]) == ("access_denied", "some state")
    assert told["iss"] == "http://127.0.0.1:8000"
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"records_per_call": "0"},
        {"records_per_hour": "x"},
        {"access": "chosen", "rights": []},
        {"access": "chosen", "rights": ["webhooks.post"]},
        {"access": "everything"},
        {"access": ""},
        {"name": ""},
    ],
)
def test_a_wrong_value_keeps_the_page_and_connects_nothing(sign_in, ann, program, wrong):
    answer = sign_in(ann).post(program.build_address(), ANSWER | wrong)
    assert answer.status_code == 422
    assert not AssistantConnection.objects.exists()


def test_permissions_that_were_selected_beside_another_choice_are_not_ignored(sign_in, ann, program):
    browser = sign_in(ann)
    kept = [right for right in get_first_rights(ann) if right != "leads.put"]
    answer = browser.post(program.build_address(), ANSWER | {"rights": kept})
    assert answer.status_code == 422
    assert "Choose the last option to use them" in answer.content.decode()
    assert not AssistantConnection.objects.exists()
    program.ask(browser, rights=get_first_rights(ann))
    assert Token.objects.get().rights == get_first_rights(ann)


def test_no_one_gives_more_than_they_have(sign_in, ann, program):
    sent = {**ANSWER, "access": "chosen", "rights": ["leads.get", "leads.purge"]}
    assert sign_in(ann).post(program.build_address(), sent).status_code == 422
    ann.groups.first().permissions.through.objects.filter(permission__codename="delete_lead").delete()
    sent["rights"] = ["leads.delete"]
    assert sign_in(ann).post(program.build_address(), sent).status_code == 422


UNKNOWN = [
    {"client_id": "lwp_unknown"},
    {"client_id": None},
    {"client_id": "a\0b"},
    {"redirect_uri": "https://example.net/back"},
    {"redirect_uri": f"{BACK}/more"},
    {"redirect_uri": None},
]


@pytest.mark.parametrize("changed", UNKNOWN, ids=str)
def test_nothing_leads_to_an_address_that_was_not_registered(sign_in, ann, program, changed):
    browser = sign_in(ann)
    for answer in (
        browser.get(program.build_address(**changed)),
        browser.post(program.build_address(**changed), ANSWER),
    ):
        assert answer.status_code == 400
        assert "Location" not in answer
        assert b"example.net" not in answer.content
    assert not AssistantConnection.objects.exists()


def test_what_the_program_did_wrong_is_said_and_a_link_leads_back_with_the_error(sign_in, ann, program):
    """A redirect would lead anyone who follows a link to Leadwell to any address."""
    browser = sign_in(ann)
    answer = browser.get(program.build_address(code_challenge_method="plain"))
    assert (answer.status_code, "Location" in answer) == (400, False)
    page = answer.content.decode().replace("<wbr>", "")
    assert 'href="https://example.com/back?error=invalid_request&amp;error_description=' in page
    assert "state=some+state" in page
    assert browser.post(program.build_address(code_challenge=None), ANSWER).status_code == 400
    assert not AssistantConnection.objects.exists()


def test_the_address_survives_signing_in_and_the_password_is_asked_for(ann, program):
    browser = Client()
    address = program.build_address()
    to_sign_in = browser.get(address)
    assert to_sign_in["Location"].startswith("/login?next=")
    back = browser.post(to_sign_in["Location"], {"email": ann.email, "password": PASSWORD})
    assert back["Location"] == address
    assert browser.get(address).status_code == 200
    session = browser.session
    session["confirmed_at"] = (timezone.now() - timezone.timedelta(minutes=16)).isoformat()
    session.save()
    assert browser.get(address)["Location"].startswith("/confirm?next=%2Foauth%2Fauthorize%3F")
    assert browser.post(address, ANSWER)["Location"].startswith("/confirm?")
    assert not AssistantConnection.objects.exists()


def test_who_has_no_role_for_it_connects_nothing(sign_in, bob, program):
    browser = sign_in(bob)
    assert browser.get(program.build_address()).status_code == 403
    assert browser.post(program.build_address(), ANSWER).status_code == 403
    assert not AssistantConnection.objects.exists()


def test_a_form_of_another_site_connects_nothing(ann, program):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ann, backend="accounts.sign_in.EmailBackend")
    answer = browser.post(program.build_address(), ANSWER, headers={"Origin": "https://example.com"})
    assert answer.status_code == 403
    assert not AssistantConnection.objects.exists()


def test_an_administrator_who_views_leadwell_as_a_user_connects_nothing_for_them(sign_in, ada, ann, program):
    browser = sign_in(ada)
    browser.post(f"/admin/users/{ann.pk}/inspect")
    browser.post(f"/admin/users/{ann.pk}/view")
    assert browser.get(program.build_address()).status_code == 403
    assert browser.post(program.build_address(), ANSWER).status_code == 403
    assert not AssistantConnection.objects.exists()


def test_the_code_is_told_to_the_browser_once_and_kept_nowhere(sign_in, ann, program):
    answer = sign_in(ann).post(program.build_address(), ANSWER)
    assert (answer.status_code, answer["Cache-Control"]) == (303, "no-store")
    code = read_back(answer)["code"]
    stored = AssistantConnection.objects.values().get()
    assert code not in str(stored)
