"""The assistants of a user in their profile: which there are, what each may do, editing and disconnecting them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assistants.models import AssistantLimits, ChangePreview
from crm.models import Operation, Token
from leads.models import Lead
from tests.assistants.sign_in.connecting import ANSWER, ConnectedProgram

OWN = "/profile/assistants"
LIST = "/admin/api/api_management"
# What the form of an assistant sends, with all permissions that are ticked.
EDITED = {
    **ANSWER,
    "access": "chosen",
    "rights": ["leads.get", "leads.search", "leads.put", "operations.get"],
}


def test_the_page_lists_connections_and_tokens_of_the_user_and_no_others(sign_in, ann, ada, assistant):
    assistant(ann, name="From ada", created_by=ada)
    assistant(ada, name="Of ada")
    gone = assistant(ann, name="Gone")
    Token.objects.filter(pk=gone.token.pk).revoke()
    browser = sign_in(ann)
    ConnectedProgram().connect(browser, name="My helper")
    page = browser.get(OWN).content.decode()
    assert "My helper" in page
    assert "the website example.com" in page
    assert "From ada" in page
    assert "with a token from Ada" in page
    assert "Of ada" not in page
    assert "Gone" not in page
    assert "http://127.0.0.1:8000/mcp" in page


def test_the_page_asks_as_few_questions_for_many_assistants_as_for_one(sign_in, ann, assistant):
    browser = sign_in(ann)
    ConnectedProgram().connect(browser)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(OWN)
        return len(queries)

    first = count()
    for _ in range(3):
        ConnectedProgram().connect(browser)
        assistant(ann)
    assert count() == first


def test_the_user_disconnects_an_assistant_at_once(sign_in, ann, noted):
    browser = sign_in(ann)
    program = ConnectedProgram().connect(browser)
    address = f"{OWN}/{program.connection.pk}/disconnect"
    (line,) = noted(lambda: browser.post(address))
    assert (line["event"], line["user"], line["before"]) == (
        "account_assistant_removed",
        ann.pk,
        ["Claude"],
    )
    assert program.call_status() == 401
    assert program.renew().status_code == 400
    assert browser.post(address).status_code == 404


def test_who_may_not_connect_assistants_still_sees_and_disconnects_theirs(sign_in, bob, assistant):
    browser, me = sign_in(bob), assistant(bob)
    page = browser.get(OWN).content.decode()
    assert "None of your roles allows you to connect assistants" in page
    assert f"{OWN}/{me.token.pk}/disconnect" in page
    assert browser.get(f"{OWN}/{me.token.pk}").status_code == 403
    assert browser.post(f"{OWN}/{me.token.pk}", EDITED).status_code == 403
    assert browser.post(f"{OWN}/{me.token.pk}/disconnect").status_code == 302
    assert Token.objects.get().revoked_at is not None


def test_the_assistant_of_someone_else_is_not_there(sign_in, ann, ada, assistant):
    browser, other = sign_in(ann), assistant(ada)
    for path in (f"{OWN}/{other.token.pk}", f"{OWN}/{other.token.pk}/disconnect"):
        assert browser.post(path, EDITED).status_code == 404
    assert browser.get(f"{OWN}/{other.token.pk}").status_code == 404
    assert Token.objects.get().revoked_at is None


def test_a_token_for_an_api_is_no_assistant(sign_in, ada, ann):
    token = Token(user=ada, name="Website", rights=["leads.get"])
    token.set_new_secret()
    token.save()
    browser = sign_in(ada)
    assert browser.post(f"{OWN}/{token.pk}", EDITED).status_code == 404
    assert browser.post(f"{OWN}/{token.pk}/disconnect").status_code == 404
    assert browser.post(f"{LIST}/{token.pk}/assistant", EDITED).status_code == 403


@pytest.mark.parametrize("way", ["profile", "settings"])
def test_limits_that_are_edited_are_in_effect_at_once(sign_in, ada, ann, make_lead, noted, way):
    leads = [make_lead(owner=ann) for _ in range(3)]
    program = ConnectedProgram().connect(sign_in(ann), preview_above=5)
    me, pk = program.as_assistant(), program.connection.pk
    asked = {"type": "lead", "action": "vip", "ids": [lead.pk for lead in leads]}
    path = f"{OWN}/{pk}" if way == "profile" else f"{LIST}/{pk}/assistant"
    by = ann if way == "profile" else ada
    browser = sign_in(by)
    assert browser.get(path).status_code == 200
    lines = noted(lambda: browser.post(path, {**EDITED, "records_per_call": 2}))
    (line,) = [line for line in lines if line["event"] == "account_assistant_changed"]
    assert (line["user"], line["of"], line["after"]) == (by.pk, ann.pk, ["Claude"])
    assert {"rights", "records_per_call", "preview_above"} <= set(line["before"])
    assert "may change 2 with one call" in me.refuse("change_records", **asked)
    assert AssistantLimits.objects.get().records_per_call == 2
    assert Token.objects.get().rights == EDITED["rights"]
    # The program keeps its access.
    assert program.call_status() == 200


def test_another_choice_is_recorded_as_other_permissions_and_shown_again(sign_in, ann, noted):
    browser = sign_in(ann)
    path = f"{OWN}/{ConnectedProgram().connect(browser).connection.pk}"
    assert browser.get(path).context["form"]["access"].value() == "change"
    ticked = Token.objects.get().rights
    lines = noted(lambda: browser.post(path, {**ANSWER, "access": "read", "rights": ticked}))
    assert [line["before"] for line in lines] == [["rights"]]
    assert not any(right.endswith(".put") for right in Token.objects.get().rights)
    assert browser.get(path).context["form"]["access"].value() == "read"


def test_a_preview_from_before_the_limits_were_edited_can_not_be_applied(sign_in, ann, make_lead):
    leads = [make_lead(owner=ann) for _ in range(3)]
    browser = sign_in(ann)
    program = ConnectedProgram().connect(browser)
    me = program.as_assistant()
    asked = {"type": "lead", "action": "vip", "ids": [lead.pk for lead in leads]}
    preview = me.use("change_records", **asked)["preview"]["preview"]
    browser.post(f"{OWN}/{program.connection.pk}", EDITED)
    assert "no such preview" in me.refuse("change_records", **asked, preview=preview)
    assert not ChangePreview.objects.exists()
    assert not Lead.objects.filter(vip=True).exists()


@pytest.mark.usefixtures("stopped_clock")
def test_what_an_assistant_did_and_may_still_do_survives_its_renewals(sign_in, ann, make_lead):
    """Undo, the count of the hour and the log belong to the connection, not to one access."""
    lead = make_lead(owner=ann)
    program = ConnectedProgram().connect(sign_in(ann), records_per_hour=2)
    program.as_assistant().use("edit_record", type="lead", id=lead.pk, values={"title": "Boss"})
    program.renew()
    me = program.as_assistant()
    (change,) = me.use("list_own_changes")["data"]["changes"]
    assert me.use("undo_change", change=change["id"])["outcome"] == {"back": 1, "kept": 0}
    sentence = me.refuse("edit_record", type="lead", id=lead.pk, values={"title": "Chief"})
    assert "may change 2 records per hour" in sentence
    assert Operation.objects.through(program.connection.token).count() == 2


@pytest.mark.parametrize("wrong", [{"records_per_call": "0"}, {"rights": []}, {"expires_on": "2020-01-01"}])
def test_a_wrong_value_changes_nothing(sign_in, ann, wrong):
    browser = sign_in(ann)
    program = ConnectedProgram().connect(browser)
    before = Token.objects.values().get()
    assert browser.post(f"{OWN}/{program.connection.pk}", {**EDITED, **wrong}).status_code == 422
    assert Token.objects.values().get() == before


def test_the_secret_of_a_connection_is_neither_shown_nor_replaced_by_people(sign_in, ann, ada):
    program = ConnectedProgram().connect(sign_in(ann))
    token, browser = program.connection.token, sign_in(ada)
    for page in (browser.get(LIST), browser.get(f"{LIST}/{token.pk}")):
        assert "Claude" in page.content.decode()
        assert token.prefix not in page.content.decode()
    assert "the website example.com" in browser.get(f"{LIST}/{token.pk}").content.decode()
    assert "/rotate" not in browser.get(f"{LIST}/{token.pk}").content.decode()
    assert browser.post(f"{LIST}/{token.pk}/rotate").status_code == 403
    assert program.call_status() == 200


def test_an_administrator_revokes_a_connection_where_tokens_are(sign_in, ann, ada):
    program = ConnectedProgram().connect(sign_in(ann))
    sign_in(ada).post(f"{LIST}/{program.connection.pk}/revoke")
    assert program.call_status() == 401
    assert program.renew().status_code == 400


def test_an_edit_keeps_the_access_that_the_program_gets_at_the_same_time(sign_in, ann, monkeypatch):
    """The form was read before the program renewed its access; saving it must not bring the old one back."""
    from assistants.views import assistant_edit

    browser = sign_in(ann)
    program = ConnectedProgram().connect(browser)
    save = assistant_edit.save_assistant

    def renew_and_save(*arguments, **keywords):
        assert program.renew().status_code == 200
        save(*arguments, **keywords)

    monkeypatch.setattr(assistant_edit, "save_assistant", renew_and_save)
    browser.post(f"{OWN}/{program.connection.pk}", EDITED)
    assert program.call_status() == 200
