"""What ends a connection: what ends the sessions of its user, in whichever way, and what doesn't."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.authentication.password_links import tokens
from accounts.models import AccountChange
from accounts.users.deactivation import Heirs, deactivate
from assistants.jobs import disconnect_ended_assistants
from assistants.models import AssistantConnection
from tests.assistants.sign_in.connecting import ConnectedProgram
from tests.conftest import PASSWORD

NEW = "a quite different horse"


def change_password(browser, ann, ada):
    sent = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert browser.post("/password/change", sent).status_code == 302


def reset_password(browser, ann, ada):
    stranger = Client()
    address = f"/password/set/{urlsafe_base64_encode(force_bytes(ann.pk))}/{tokens.make_token(ann)}"
    page = stranger.get(address)["Location"]
    answer = stranger.post(page, {"new_password1": NEW, "new_password2": NEW})
    assert answer.status_code == 302, answer.content


def sign_out_elsewhere(browser, ann, ada):
    assert browser.post("/profile/sign-out-elsewhere").status_code == 302


def be_signed_out(browser, ann, ada):
    office = Client()
    office.force_login(ada, backend="accounts.sign_in.EmailBackend")
    assert office.post(f"/admin/users/{ann.pk}/sign-out").status_code == 302


def be_deactivated(browser, ann, ada):
    deactivate(ann, Heirs(), by=ada)


def sign_out_here(browser, ann, ada):
    browser.post("/logout")


def be_edited(browser, ann, ada):
    type(ann).objects.filter(pk=ann.pk).update(name="Anna", email="anna@example.com")


# Name: what happens, whether the connection ends, and whether the housekeeping removes it then.
ENDS = {
    "the user changes the password": (change_password, True, 1),
    "the user resets the password with a link": (reset_password, True, 1),
    "the user signs out on all other devices": (sign_out_elsewhere, True, 1),
    "an administrator signs the user out": (be_signed_out, True, 1),
    "the user is deactivated": (be_deactivated, True, 0),
    "the user signs out in this browser": (sign_out_here, False, 0),
    "the user gets another name and email": (be_edited, False, 0),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_connection_ends_with_the_sessions_of_its_user(sign_in, ann, ada, name):
    act, ends, removed = ENDS[name]
    browser = sign_in(ann)
    program = ConnectedProgram().connect(browser)
    assert program.call_status() == 200
    act(browser, ann, ada)
    assert program.call_status() == (401 if ends else 200)
    assert program.renew().status_code == (400 if ends else 200)
    assert disconnect_ended_assistants() == removed


def test_a_token_that_someone_made_stays_when_its_user_signs_out_everywhere(sign_in, ann, ada, assistant):
    me = assistant(ann)
    sign_out_elsewhere(sign_in(ann), ann, ada)
    assert me.use("get_own_limits")


def test_without_the_permission_a_connection_rests_until_a_role_allows_it_again(sign_in, ann):
    program = ConnectedProgram().connect(sign_in(ann))
    role = ann.groups.get()
    permission = role.permissions.get(codename="connect_assistant")
    role.permissions.remove(permission)
    assert program.call_status() == 403
    assert program.renew().status_code == 400
    role.permissions.add(permission)
    assert program.call_status() == 200
    assert program.renew().status_code == 200


def test_a_permission_on_records_that_the_user_loses_is_lost_to_the_assistant_at_once(sign_in, ann):
    program = ConnectedProgram().connect(sign_in(ann))
    me = program.as_assistant()
    assert "edit_record" in [tool["name"] for tool in me.send("tools/list")["result"]["tools"]]
    for right in ann.groups.get().permissions.filter(codename__startswith="change_"):
        ann.groups.get().permissions.remove(right)
    assert "edit_record" not in [tool["name"] for tool in me.send("tools/list")["result"]["tools"]]


def test_a_connection_that_never_began_or_was_not_renewed_is_removed_and_the_user_notified(sign_in, ann):
    begun = ConnectedProgram().connect(sign_in(ann))
    never = ConnectedProgram()
    never.register()
    never.ask(sign_in(ann))
    assert disconnect_ended_assistants() == 0
    now = timezone.now()
    AssistantConnection.objects.filter(pk=never.connection.pk).update(code_until=now)
    assert disconnect_ended_assistants() == 1
    assert begun.call_status() == 200
    AssistantConnection.objects.update(renewal_until=now - timedelta(seconds=1))
    assert disconnect_ended_assistants() == 1
    assert AccountChange.objects.filter(user=ann, by=None, kind="assistant_removed").count() == 2
